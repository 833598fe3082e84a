"""What a playback token says, judged; where a request comes from."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from starlette.requests import Request

from inpoint.dialects.cloudflare.rules import admits, in_time
from inpoint.web.client import Clients


@pytest.mark.parametrize(
    ("claims", "counts"),
    [
        ({"exp": 101}, True), ({"exp": 100}, False), ({"exp": "101"}, True), ({"exp": 101.5}, True), ({}, False),
        ({"exp": None}, False), ({"exp": True}, False), ({"exp": [1]}, False), ({"exp": "nan"}, False),
        ({"exp": "inf"}, False), ({"exp": 10**400}, False), ({"exp": 200, "nbf": 100}, True),
        ({"exp": 200, "nbf": 101}, False), ({"exp": 200, "nbf": "99"}, True), ({"exp": 200, "nbf": None}, False),
    ],
)  # fmt: skip
def test_a_token_counts_in_its_time(claims: dict[str, Any], counts: bool) -> None:
    assert in_time(claims, 100) is counts


BLOCK = {"type": "any", "action": "block"}


@pytest.mark.parametrize(
    ("rules", "address", "country", "known", "opens"),
    [
        (None, "1.2.3.4", None, False, True),
        ([], "", None, False, True),
        ([BLOCK], "1.2.3.4", None, False, False),
        ([{"type": "ip.src", "action": "allow", "ip": ["1.2.3.0/24"]}, BLOCK], "1.2.3.4", None, False, True),
        ([{"type": "ip.src", "action": "allow", "ip": ["1.2.3.4"]}, BLOCK], "::ffff:1.2.3.4", None, False, True),
        ([{"type": "ip.src", "action": "allow", "ip": ["2001:db8::/32"]}, BLOCK], "2001:db8::1", None, False, True),
        ([{"type": "ip.src", "action": "allow", "ip": ["0.0.0.0/0"]}, BLOCK], "2001:db8::1", None, False, False),
        ([{"type": "ip.src", "action": "allow", "ip": ["0.0.0.0/0"]}, BLOCK], "nonsense", None, False, False),
        ([{"type": "ip.geoip.country", "action": "allow", "country": ["DE"]}, BLOCK], "1.2.3.4", "DE", True, True),
        ([{"type": "ip.geoip.country", "action": "block", "country": ["de"]}], "1.2.3.4", "DE", True, False),
        ([{"type": "ip.geoip.country", "action": "block", "country": ["DE"]}], "1.2.3.4", None, True, True),
        ([{"type": "ip.geoip.country", "action": "block", "country": ["DE"]}], "1.2.3.4", None, False, False),
        ([{"type": "new", "action": "allow"}], "1.2.3.4", None, False, False),  # not understood
        ("rules", "1.2.3.4", None, False, False),
        ([{"type": "any", "action": "allow"}] * 6, "1.2.3.4", None, False, False),
    ],
)
def test_the_first_rule_that_fits_decides(
    rules: Any, address: str, country: str | None, known: bool, opens: bool
) -> None:
    assert admits(rules, address, country, countries_known=known) is opens


@pytest.mark.parametrize(
    ("peer", "told", "address"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # nobody's word counts but a proxy's
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "nonsense, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "6.6.6.6|198.51.100.1", "198.51.100.1"),  # a line of its own
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
    ],
)
def test_a_client_is_where_our_proxies_say(peer: str, told: str, address: str) -> None:
    headers = [(b"x-forwarded-for", line.encode()) for line in told.split("|") if line]
    request = Request({"type": "http", "client": (peer, 1), "headers": headers})
    assert Clients([ip_network("10.0.0.0/8")]).address(request) == address
