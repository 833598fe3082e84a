"""What a playback token says, judged (Cloudflare Stream, "Secure your Stream"). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from typing import Any

from inpoint.errors import Invalid
from inpoint.web.client import parsed

_TYPES = ("any", "ip.src", "ip.geoip.country")
_ACTIONS = ("allow", "block")
_MOST_RULES = 5
_MOST_NAMES = 100


def in_time(claims: Mapping[str, Any], now: float) -> bool:
    """``nbf <= now < exp``, both in Unix time; numbers may come as texts. Without an ``exp`` it is never."""
    exp, nbf = _number(claims.get("exp")), _number(claims.get("nbf", 0))
    return exp is not None and nbf is not None and nbf <= now < exp


def _number(told: Any) -> float | None:
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        return None
    try:
        found = float(told)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) < 1e15 else None


def admits(rules: Any, address: str, country: str | None, *, countries_known: bool) -> bool:
    """The first rule that fits decides; if none does, everybody is let in. Rules that can't be understood, or that
    name countries where none is known, let nobody in."""
    try:
        found = checked_rules([] if rules is None else rules, countries_known=countries_known)
    except Invalid:
        return False
    return next((rule["action"] == "allow" for rule in found if _fits(rule, address, country)), True)


def _fits(rule: Mapping[str, Any], address: str, country: str | None) -> bool:
    if rule["type"] == "any":
        return True
    if rule["type"] == "ip.geoip.country":
        return country is not None and country in [one.upper() for one in rule["country"]]
    client = parsed(address)
    return client is not None and any(client in ip_network(one, strict=False) for one in rule["ip"])


def checked_rules(rules: Any, *, countries_known: bool) -> Sequence[Mapping[str, Any]]:
    """Raises Invalid."""
    field = "accessRules"
    if not isinstance(rules, list) or len(rules) > _MOST_RULES:
        raise Invalid(field, f"must be a list of at most {_MOST_RULES} rules")
    for number, rule in enumerate(rules):
        here = f"{field}.{number}"
        if not isinstance(rule, dict) or rule.get("type") not in _TYPES:
            raise Invalid(f"{here}.type", "must be one of " + ", ".join(_TYPES))
        if rule.get("action") not in _ACTIONS:
            raise Invalid(f"{here}.action", "must be allow or block")
        if rule["type"] == "ip.src":
            _require_addresses(rule.get("ip"), f"{here}.ip")
        if rule["type"] == "ip.geoip.country":
            _require_countries(rule.get("country"), f"{here}.country", known=countries_known)
    return rules


def _require_addresses(told: Any, field: str) -> None:
    try:
        if not isinstance(told, list) or not 0 < len(told) <= _MOST_NAMES:
            raise ValueError
        for one in told:
            if not isinstance(one, str):
                raise ValueError
            ip_network(one, strict=False)
    except ValueError as error:
        raise Invalid(field, "must be a list of addresses or networks such as 93.184.216.0/24") from error


def _require_countries(told: Any, field: str, *, known: bool) -> None:
    if not known:
        raise Invalid(field, "this server knows no countries: it needs a GeoIP database (INPOINT_GEOIP)")
    valid = isinstance(told, list) and 0 < len(told) <= _MOST_NAMES
    if not valid or not all(isinstance(one, str) and len(one) == 2 and one.isalpha() for one in told):
        raise Invalid(field, "must be a list of two-letter codes such as US")
