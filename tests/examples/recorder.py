"""Requests and replies, written down so that they are the same in every run: ids are numbered, and what differs
otherwise (times, secrets, addresses, how far something is) is written as something that stays."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_MOMENT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(Z|\+00:00)")
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
_VIEW = re.compile(r"/api/v1/view/[\w.-]+")
_SIGNED = re.compile(r"(expires|signature)=[\w-]+")
_CREDENTIAL = re.compile(r"[0-9a-f]{16}")
_LANE = re.compile(r"\baudio-[0-9a-f]{8}\b")
_BANDWIDTH = re.compile(r'(?i)(bandwidth="?)\d+')
#: What is written in the place of what nobody else should have.
_SECRETS = dict.fromkeys(("secret", "pem", "jwk", "privateKey", "publicKey", "signature", "expires"), "…") | {
    "grant": "GRANT"
}
#: How far something is, and what depends on the hour or the machine.
_PASSING: Mapping[str, Any] = {
    "percent": 100.0, "pctComplete": "100", "progress": 100.0, "percentComplete": 100.0, "milliseconds": 4,
    "segmentsPerSecond": 0.0, "remainingSeconds": None, "made": 0, "physical": 1_000_000, "logical": 2_000_000,
    "size": 500_000, "known": 1.0, "timeout": 14_400, "exp": 1_800_000_000, "frees": 0, "keeps": 0, "ended": True,
    "attempts": [],
}  # fmt: skip


class Recorder:
    """Asks a server, and keeps what was said by operation: the first of each."""

    def __init__(self, client: httpx.Client, addresses: Mapping[str, str]) -> None:
        """``addresses`` are those that are written as others."""
        self.client = client
        self.said: dict[str, dict[str, Any]] = {}
        self._addresses = addresses
        self._numbers: dict[str, int] = {}

    def ask(
        self, operation: str, *, path: Mapping[str, Any] | None = None, query: Mapping[str, Any] | None = None,
        body: Any = None, form: Mapping[str, Any] | None = None, content: bytes | None = None,
        headers: Mapping[str, str] | None = None, status: int = 200, auth: bool = True,
    ) -> Any:  # fmt: skip
        """``operation`` is a method and a path, as the document has it. Gives the reply's JSON, or its text."""
        method, _, template = operation.partition(" ")
        url = template
        for name, value in (path or {}).items():
            url = url.replace(f"{{{name}}}", str(value))
        response = self.client.request(
            method.upper(), url, params=dict(query or {}), json=body, content=content,
            files=form, headers=dict(headers or {}), **({} if auth else {"auth": httpx.Auth()}),  # type: ignore[arg-type]
        )  # fmt: skip
        assert response.status_code == status, (operation, response.status_code, response.text[:500])
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        reply: Any = None
        if kind == "application/json":
            reply = response.json()
        elif kind.startswith("text/") or "mpegurl" in kind or "dash" in kind:
            reply = response.text
        told: dict[str, Any] = {"path": path, "query": query, "headers": headers}
        told["body"] = body if form is None else {name: _field(value) for name, value in form.items()}
        example = {name: value for name, value in told.items() if value}
        if "body" in example:
            example["as"] = "application/json" if form is None else "multipart/form-data"
        example |= {"status": status, "type": kind} | ({} if reply is None else {"reply": reply})
        self.said.setdefault(operation, self._steady(example))
        return reply

    def until(self, look: Callable[[], Any], *ready: Any) -> None:
        """Wait, without a word, until it is so."""
        deadline = time.monotonic() + 60
        while (seen := look()) not in ready:
            assert time.monotonic() < deadline, seen
            time.sleep(0.05)

    def _steady(self, value: Any, name: str = "") -> Any:
        if name in _PASSING and value is not None:
            return _PASSING[name]
        if isinstance(value, dict):
            return {key: self._steady(one, key) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._steady(one, name) for one in value]
        if not isinstance(value, str):
            return value
        return _SECRETS.get(name) or self._text(value)

    def _text(self, told: str) -> str:
        for ours, written in self._addresses.items():
            told = told.replace(ours, written)
        told = _VIEW.sub("/api/v1/view/GRANT", told)
        told = _SIGNED.sub(r"\1=…", _TOKEN.sub("TOKEN", told))
        told = _BANDWIDTH.sub(r"\g<1>1500000", _LANE.sub("audio-00000001", told))
        if _CREDENTIAL.fullmatch(told):
            return "0123456789abcdef"
        told = _MOMENT.sub(r"2026-01-31T12:00:00.000000\1", told)
        return _ID.sub(self._number, told)

    def _number(self, match: re.Match[str]) -> str:
        found = match[0].replace("-", "")
        number = self._numbers.setdefault(found, len(self._numbers) + 1)
        text = f"{number:08x}-0000-4000-8000-{0:012x}"
        return text if "-" in match[0] else text.replace("-", "")


def _field(value: Any) -> str:
    return str(value[0] or value[1] if isinstance(value, tuple) else value)


def written(said: Mapping[str, Any]) -> str:
    """As the file has them."""
    return json.dumps(said, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
