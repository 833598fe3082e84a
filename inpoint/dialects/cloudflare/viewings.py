"""``/{uid or token}/…``: path, token and query → a viewing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request

from inpoint.dialects.cloudflare.queries import HintQuery, InstantQuery
from inpoint.dialects.cloudflare.rules import admits, in_time
from inpoint.dialects.house import House
from inpoint.errors import Forbidden
from inpoint.model.ids import from_uid
from inpoint.model.playback import Viewing
from inpoint.web.client import site
from inpoint.web.query import asked
from inpoint.web.tokens import named_key, signed_claims

_VOUCHED = 4 * 3600  # seconds that a player's page vouches for the site that shows it
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
SHOWN = "shown"


class _Shown(Convertor[str]):
    """A uid, or a token in its place."""

    regex = rf"(?:[0-9a-f]{{32}}|{_TOKEN.pattern})"

    def convert(self, value: str) -> str:
        """What stands in the path."""
        return value

    def to_string(self, value: str) -> str:
        """And back."""
        return value


register_url_convertor(SHOWN, _Shown())


def is_shown(first: str) -> bool:
    """Whether a path's first segment is ours."""
    return from_uid(first) is not None or _TOKEN.fullmatch(first) is not None


@dataclass(frozen=True, slots=True)
class StreamViewings:
    """Requests to watch, read."""

    house: House

    async def viewing(self, request: Request, shown: str, *, part: bool = False) -> Viewing:
        """``part`` where ``time`` and ``duration`` name the part to play. Raises Forbidden, or Invalid, naming the
        parameter."""
        client = self.house.clients.address(request)
        viewing = Viewing(shown)
        if from_uid(shown) is None:
            viewing = await self._granted(shown, client)
        query = request.query_params
        vouched = self._is_vouched(viewing.playback_id, query.get("embed", ""))
        passed_on = {"embed": query["embed"]} if vouched else {}
        if part:
            passed_on |= {name: query[name] for name in ("time", "duration") if name in query}
        return replace(
            viewing,
            host=shown_on.name if (shown_on := site(request)) else None,
            agent=request.headers.get("User-Agent"),
            filters=asked(HintQuery, request).filters,
            range=asked(InstantQuery, request).range if part else None,
            client=client,
            vouched=vouched,
            passed_on=urlencode(passed_on),
        )

    def vouch(self, playback_id: str) -> str:
        """What says in an address that the site which shows a player's page was judged."""
        ends = int(self.house.desk.now().timestamp()) + _VOUCHED
        return f"{ends}.{self.house.sealing.sign(_vouched(playback_id, ends))}"

    def _is_vouched(self, playback_id: str, told: str) -> bool:
        ends, _, signature = told.partition(".")
        if (
            not ends.isascii()
            or not ends.isdigit()
            or len(ends) > 12
            or int(ends) < self.house.desk.now().timestamp()
        ):
            return False
        return self.house.sealing.is_signed(_vouched(playback_id, int(ends)), signature)

    async def _granted(self, token: str, client: str) -> Viewing:
        """What a token grants now, here. Raises Forbidden."""
        named = named_key(token)
        key_id = from_uid(named) if named else None
        key = await self.house.desk.access.key(key_id) if key_id else None
        claims = signed_claims(token, key) if key else None
        subject = claims.get("sub") if claims else None
        if key is None or claims is None or not isinstance(subject, str) or from_uid(subject) is None:
            raise Forbidden("the playback token is not valid")
        if not in_time(claims, self.house.desk.now().timestamp()):
            raise Forbidden("the playback token has expired, or is not valid yet")
        country, known = self.house.countries.of(client), self.house.countries.are_known
        if not admits(claims.get("accessRules"), client, country, countries_known=known):
            raise Forbidden("the playback token's access rules don't allow this")
        return Viewing(subject, granted=key.workspace_id, view_only=claims.get("downloadable") is not True)


def _vouched(playback_id: str, ends: int) -> str:
    return f"embed {playback_id} {ends}"
