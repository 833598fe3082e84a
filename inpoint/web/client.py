"""Where a request comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

_PORTS = {"http": 80, "https": 443}


class Clients:
    """Who a request comes from, as far as proxies that are trusted tell."""

    def __init__(self, trusted: Sequence[IPv4Network | IPv6Network]) -> None:
        """``trusted`` are the proxies whose word counts."""
        self._trusted = tuple(trusted)

    def address(self, request: Request) -> str:
        """The nearest address in ``X-Forwarded-For`` that is no proxy of ours; its own if it doesn't come through
        one. "" if there is none."""
        known = request.client.host if request.client else ""
        told = ",".join(request.headers.getlist("X-Forwarded-For")).split(",")
        while told and self._is_proxy(known):
            nearer = parsed(told.pop().strip())
            if nearer is None:
                break
            known = str(nearer)
        return known

    def _is_proxy(self, address: str) -> bool:
        found = parsed(address)
        return found is not None and any(found in network for network in self._trusted)


@dataclass(frozen=True, slots=True)
class Site:
    """``port`` is None where it is the scheme's own; a site that can't be understood has no host."""

    host: str
    port: int | None = None

    @property
    def name(self) -> str:
        """As rules spell it."""
        return self.host if self.port is None else f"{self.host}:{self.port}"


def site(request: Request) -> Site | None:
    """The site that shows what is asked for: the Origin's, else the Referer's. None if neither is told."""
    for name in ("Origin", "Referer"):
        if told := request.headers.get(name):
            try:
                parts = urlsplit(told)
                port = parts.port
            except ValueError:
                return Site("")
            return Site(parts.hostname or "", None if port == _PORTS.get(parts.scheme) else port)
    return None


def parsed(address: str) -> IPv4Address | IPv6Address | None:
    """An address, one of IPv4 that is spelled as IPv6 as what it is; None for anything else."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
