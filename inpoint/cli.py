"""The ``inpoint`` command: parses arguments, calls wiring. Heavy modules are imported when they are needed."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from inpoint.errors import InpointError, MediaFailed, NoSuchToken, NoSuchWorkspace

if TYPE_CHECKING:
    from inpoint.remote import Remote
    from inpoint.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__import__("inpoint").__doc__)
tokens = typer.Typer(no_args_is_help=True, help="Credentials of workspaces.")
app.add_typer(tokens, name="token")
webhooks = typer.Typer(no_args_is_help=True, help="Addresses that are told what happens to media.")
app.add_typer(webhooks, name="webhook")

Server = Annotated[str | None, typer.Option(help="The server's address. Default: from the settings.")]
TokenId = Annotated[str | None, typer.Option(envvar="INPOINT_TOKEN_ID", help="Credential's id.")]
TokenSecret = Annotated[str | None, typer.Option(envvar="INPOINT_TOKEN_SECRET", help="Credential's secret.")]


def main() -> None:
    """Run, and say what went wrong in a sentence."""
    try:
        app(standalone_mode=False)
    except InpointError as error:
        _complain(error.message)
    except typer.Abort:
        sys.exit(130)
    except typer.Exit as leaving:
        sys.exit(leaving.exit_code)
    except Exception as error:
        if type(error).__module__.startswith(("click", "typer")) and hasattr(error, "format_message"):
            _complain(error.format_message(), 2)
        if type(error).__name__ == "ValidationError":
            _complain(f"A setting is wrong: {error}", 2)
        raise
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # everything is put away; the interpreter would take a second to tidy up what goes anyway


def _complain(text: str, code: int = 1) -> None:
    typer.secho(f"inpoint: {text}", err=True, fg="red")
    sys.exit(code)


def _settings(**changes: Any) -> Settings:
    from inpoint.settings import Settings

    return Settings(**{name: value for name, value in changes.items() if value is not None})


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of everything that is kept.")] = None,
) -> None:
    """Run everything in one process: API, delivery and workers."""
    from inpoint.logs import set_up

    set_up()
    asyncio.run(_serve(_settings(host=host, port=port, data=data)))


async def _serve(settings: Settings) -> None:
    from inpoint.database.connect import migrate
    from inpoint.model.ids import uid_of
    from inpoint.serving import serve as serve_http
    from inpoint.wiring import Server, first_credential

    server = Server(settings)
    await migrate(server.database)
    made = await first_credential(server.desk.access, settings)
    typer.secho(f"Inpoint listens on {settings.base_url}", bold=True)
    typer.echo(f"  API documentation  {settings.base_url}/docs")
    typer.echo(f"  Dashboard          {settings.base_url}/dashboard")
    if (link := await _sign_in_link(server)) is not None:
        typer.echo(f"  Sign in, once      {link}")
    if made is not None:
        typer.echo("  A first credential was made. It is shown only now; in another terminal:\n")
        typer.echo(f"export INPOINT_TOKEN_ID={made.id}\nexport INPOINT_TOKEN_SECRET={made.secret}")
        typer.echo(f"export INPOINT_WORKSPACE_ID={uid_of(made.workspace.id)}\n")
    sys.stdout.flush()
    await serve_http(server.app(), settings.host, settings.port)


async def _sign_in_link(server: Any, token_id: str | None = None) -> str | None:
    """Where a browser is signed in with a credential: the oldest that may write, unless one is named."""
    from inpoint.dialects.own.session import new_link

    held = await server.desk.access.credentials()
    able = [one.id for one in held if (one.can_write if token_id is None else one.id == token_id)]
    if not able:
        return None
    return f"{server.settings.base_url}/dashboard#sign-in={await new_link(server.desk.access, able[0])}"


@app.command()
def link(
    token_id: Annotated[str | None, typer.Argument(help="Whose it is. Default: the oldest that may write.")] = None,
) -> None:
    """Print a link that signs a browser in to the dashboard, once, within the hour."""

    async def run(server: Any) -> None:
        address = await _sign_in_link(server, token_id)
        if address is None:
            raise NoSuchToken("There is no such credential: `inpoint token create` makes one.")
        typer.echo(address)

    _with_server(run)


@app.command()
def work(data: Annotated[Path | None, typer.Option(help="Folder of everything that is kept.")] = None) -> None:
    """Run workers without the HTTP server, beside one that serves."""
    from inpoint.logs import set_up

    set_up()
    asyncio.run(_work(_settings(data=data)))


async def _work(settings: Settings) -> None:
    import signal

    from inpoint.wiring import Server

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Server(settings).running():
        typer.echo("Inpoint works")
        await stop.wait()


@app.command()
def migrate(data: Annotated[Path | None, typer.Option(help="Folder of everything that is kept.")] = None) -> None:
    """Bring the database up to this version. `serve` and `work` do so too."""

    async def run() -> None:
        server = _server(_settings(data=data))
        await migrate_database(server.database)
        await server.database.dispose()

    from inpoint.database.connect import migrate as migrate_database

    asyncio.run(run())
    typer.echo("The database is up to date.")


def _server(settings: Settings) -> Any:
    from inpoint.wiring import Server

    return Server(settings)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of all dialects, for generators of clients."""
    import json
    import tempfile

    from inpoint.wiring import Server

    with tempfile.TemporaryDirectory() as folder:
        typer.echo(json.dumps(Server(_settings(data=Path(folder))).app().openapi(), indent=1))


@tokens.command("create")
def token_create(
    workspace: Annotated[str, typer.Option(help="Name of the workspace; a new name makes a new one.")],
    scope: Annotated[Literal["read", "write"], typer.Option(help="read or write.")] = "write",
    email: Annotated[str | None, typer.Option(help="Email that may stand for the id.")] = None,
) -> None:
    """Make a credential. Its secret is shown once."""
    from inpoint.model.ids import new_id, uid_of
    from inpoint.model.workspace import Workspace
    from inpoint.wiring import new_credential

    async def run(server: Any) -> None:
        known = {one.name: one for one in await server.desk.access.workspaces()}
        chosen = known.get(workspace) or Workspace(new_id(), workspace)
        made = await new_credential(server.desk.access, chosen, scope, email)
        typer.echo(f"workspace  {made.workspace.id}  {made.workspace.name}\naccount    {uid_of(made.workspace.id)}")
        typer.echo(f"id         {made.id}\nsecret     {made.secret}")

    _with_server(run)


@tokens.command("list")
def token_list() -> None:
    """List credentials, without their secrets."""

    async def run(server: Any) -> None:
        names = {one.id: one.name for one in await server.desk.access.workspaces()}
        for one in await server.desk.access.credentials():
            typer.echo(f"{one.id}  {one.scope:5}  {names.get(one.workspace_id, one.workspace_id)}  {one.email or ''}")

    _with_server(run)


@tokens.command("revoke")
def token_revoke(token_id: str) -> None:
    """Revoke a credential: it opens nothing from now on."""

    async def run(server: Any) -> None:
        try:
            await server.desk.access.revoke(token_id)
        except NoSuchToken as error:
            raise NoSuchToken(f"There is no credential {token_id}.") from error
        typer.echo(f"{token_id} is revoked.")

    _with_server(run)


Workspaced = Annotated[str, typer.Option("--workspace", help="Name of the workspace.")]


@webhooks.command("create")
def webhook_create(
    url: Annotated[str, typer.Argument(help="Where to tell it.")], workspace: Workspaced = "default"
) -> None:
    """Tell an address what happens in a workspace. Its secret is shown once."""
    from inpoint.dialects.own.requests import NewHook
    from inpoint.dialects.own.webhooks import new_webhook
    from inpoint.web.forms import read

    async def run(server: Any) -> None:
        wanted = read(NewHook, {"url": url})
        made, secret = new_webhook(server.house, await _workspace(server, workspace), wanted)
        await server.desk.webhooks.add(made)
        typer.echo(f"id      {made.id}\nsecret  {secret}")

    _with_server(run)


@webhooks.command("list")
def webhook_list(workspace: Workspaced = "default") -> None:
    """List a workspace's webhooks."""

    async def run(server: Any) -> None:
        for one in await server.desk.webhooks.all_of(await _workspace(server, workspace)):
            typer.echo(f"{one.id}  {one.dialect}  {one.url}")

    _with_server(run)


@webhooks.command("remove")
def webhook_remove(webhook_id: str, workspace: Workspaced = "default") -> None:
    """Tell an address nothing any more."""

    async def run(server: Any) -> None:
        await server.desk.webhooks.remove(await _workspace(server, workspace), webhook_id)
        typer.echo(f"{webhook_id} is removed.")

    _with_server(run)


async def _workspace(server: Any, name: str) -> str:
    """A workspace's id. Raises NoSuchWorkspace if none has the name."""
    found = next((one.id for one in await server.desk.access.workspaces() if one.name == name), None)
    if found is None:
        raise NoSuchWorkspace(f"There is no workspace {name}.")
    return str(found)


def _with_server(run: Callable[[Any], Any]) -> None:
    from inpoint.database.connect import migrate as migrate_database

    async def all_of_it() -> None:
        server = _server(_settings())
        await migrate_database(server.database)
        try:
            await run(server)
        finally:
            await server.database.dispose()

    asyncio.run(all_of_it())


def _remote(server: str | None, token_id: str | None, token_secret: str | None) -> Remote:
    from inpoint.remote import Remote

    return Remote(server or _settings().base_url, token_id, token_secret)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A video file.")],
    title: Annotated[str | None, typer.Option(help="Default: the file's name.")] = None,
    fill: Annotated[bool, typer.Option("--fill", help="Stay until every rendition has been made whole.")] = False,
    server: Server = None,
    token_id: TokenId = None,
    token_secret: TokenSecret = None,
) -> None:
    """Import a video file; prints its id and where it plays."""
    remote = _remote(server, token_id, token_secret)
    with _progress() as bars:
        sending = bars.add_task("sending", total=file.stat().st_size)
        media = remote.send(file, title or file.name, lambda done, _: bars.update(sending, completed=done))
        media = _follow(remote, media["id"], bars, "importing")
    _print_media(media)
    if fill:
        with _progress() as bars:
            _follow_fill(remote, media["id"], bars)


@app.command()
def clip(
    media: Annotated[str, typer.Argument(help="Id of the media to clip.")],
    start: Annotated[str | None, typer.Option(help="Seconds, or a clock time such as 1:15.2.")] = None,
    end: Annotated[str | None, typer.Option(help="Likewise; the frame there is the first left out.")] = None,
    private: Annotated[bool, typer.Option(help="Playable with a signed token only.")] = False,
    server: Server = None,
    token_id: TokenId = None,
    token_secret: TokenSecret = None,
) -> None:
    """Cut a clip; prints its id and where it plays."""
    remote = _remote(server, token_id, token_secret)
    made = remote.clip(media, start, end, "signed" if private else "public")
    with _progress() as bars:
        made = _follow(remote, made["id"], bars, "cutting")
    _print_media(made)


@app.command()
def export(
    media: Annotated[str, typer.Argument(help="Id of a media or clip.")],
    to: Annotated[Path, typer.Argument(help="The MP4 file to write.")],
    rendition: Annotated[str | None, typer.Option(help="Such as 720p. Default: the highest.")] = None,
    server: Server = None,
    token_id: TokenId = None,
    token_secret: TokenSecret = None,
) -> None:
    """Write a media or clip as an MP4 file, out of its segments."""
    remote = _remote(server, token_id, token_secret)
    with _progress() as bars:
        task = bars.add_task("exporting", total=None)
        remote.export(media, rendition, to, lambda done, total: bars.update(task, completed=done, total=total))
    typer.echo(str(to))


@app.command()
def doctor() -> None:
    """Say what is and isn't in order on this machine."""
    from inpoint.doctor import examine

    failed = False
    for finding in examine(_settings()):
        sign = {True: "ok   ", False: "WRONG", None: "note "}[finding.fine]
        advice = f" ({finding.advice})" if finding.advice and not finding.fine else ""
        typer.echo(f"{sign}  {finding.what}{advice}")
        failed = failed or finding.fine is False
    if failed:
        raise typer.Exit(1)


def _progress() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:10}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(file=sys.stderr), disable=bool(os.environ.get("NO_PROGRESS")))


def _follow(remote: Remote, media_id: str, bars: Any, verb: str) -> dict[str, Any]:
    """Show a media's progress until it is ready. Raises InpointError if it fails."""
    task = bars.add_task(verb, total=100.0)
    delay = 0.05
    while True:
        media = remote.media(media_id)
        bars.update(task, completed=media["percent"], description=media.get("reason", verb)[:40])
        if media["status"] == "ready":
            bars.update(task, completed=100.0)
            return media
        if media["status"] == "failed":
            raise MediaFailed(f"{media_id} failed: {media['error']['message']}")
        time.sleep(delay)
        delay = min(1.0, delay * 1.5)


def _follow_fill(remote: Remote, media_id: str, bars: Any) -> None:
    """Show how far a media's fill is, how fast it goes and how long it will take, until it is whole."""
    task = bars.add_task("filling", total=None)
    while True:
        fill = remote.media(media_id).get("fill", {})
        if "total" in fill:
            rate = f"filling, {fill['segmentsPerSecond']:.1f} segments/s"
            bars.update(task, total=fill["total"], completed=fill["made"], description=rate)
            if fill["ended"]:
                return
        time.sleep(1)


def _print_media(media: dict[str, Any]) -> None:
    typer.echo(f"id        {media['id']}")
    typer.echo(f"duration  {media['duration']:.3f} s, {media['frames']} frames at {media['rate']}")
    for playback in media["playbacks"]:
        typer.echo(f"watch     {playback['watch']}\nplays     {playback['hls']}")
    for warning in media["warnings"]:
        place = "" if warning["start"] is None else f" ({warning['start']:g} s to {warning['end']:g} s)"
        typer.secho(f"warning   {warning['message']}{place}", fg="yellow")
