"""What is and isn't in order on this machine."""

from __future__ import annotations

import asyncio
import platform
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from inpoint.model.codec import codec_of
from inpoint.model.recipe import RECIPES
from inpoint.settings import Settings

_LEAST_FREE = 5 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """``fine`` is None for what works but could be better."""

    fine: bool | None
    what: str
    advice: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything that the server stands on, one thing after another."""
    checks: list[Callable[[Settings], Iterator[Finding]]] = [_python, _data, _port, _media, _confinement, _secrets]
    for check in checks:
        try:
            yield from check(settings)
        except Exception as error:
            yield Finding(False, f"{check.__name__.strip('_')}: {error}")


def _python(_: Settings) -> Iterator[Finding]:
    yield Finding(True, f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")


def _data(settings: Settings) -> Iterator[Finding]:
    settings.data.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=settings.data):
        yield Finding(True, f"data folder {settings.data.resolve()} can be written")
    free = shutil.disk_usage(settings.data).free
    enough = True if free >= _LEAST_FREE else None
    yield Finding(
        enough, f"{free / (1 << 30):.1f} GB are free there", "imports need room: free some, or set INPOINT_DATA"
    )


def _port(settings: Settings) -> Iterator[Finding]:
    with socket.socket() as probe:
        taken = probe.connect_ex((settings.host.replace("0.0.0.0", "127.0.0.1"), settings.port)) == 0  # noqa: S104
    what = "answers: a server is running" if taken else "is free"
    yield Finding(True, f"port {settings.port} {what}")


def _media(_: Settings) -> Iterator[Finding]:
    import av

    yield Finding(
        True, f"PyAV {av.__version__} with libavcodec {'.'.join(map(str, av.library_versions['libavcodec']))}"
    )
    written = {codec_of(recipe.picture.codec).encoder for recipe in RECIPES.known} | {"aac"}
    read = {"h264", "hevc", "vp9", "av1"}
    for name in sorted(written | read):
        try:
            av.Codec(name, "w" if name in written else "r")
        except ValueError:
            yield Finding(False, f"codec {name} is missing", "install PyAV's own wheel")


def _confinement(_: Settings) -> Iterator[Finding]:
    from inpoint.engine.processes import Zygote

    async def trial() -> list[str]:
        zygote = Zygote()
        await zygote.start()
        process = await zygote.fork()
        zygote.end(process)
        await zygote.stop()
        return zygote.missing or []

    missing = asyncio.run(trial())
    if missing:
        lacks = ", ".join(missing)
        yield Finding(None, f"media is opened in processes confined without {lacks}", "a newer Linux kernel has it")
    else:
        yield Finding(True, "media is opened in fully confined processes")


def _secrets(settings: Settings) -> Iterator[Finding]:
    if bool(settings.token_id) != bool(settings.token_secret):
        yield Finding(False, "only one of INPOINT_TOKEN_ID and INPOINT_TOKEN_SECRET is set", "set both or none")
    if settings.host not in ("127.0.0.1", "localhost", "::1") and settings.public_url is None:
        yield Finding(None, "INPOINT_PUBLIC_URL is not set", "playback addresses will name the listening address")
