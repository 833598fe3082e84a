"""What is refused early is read to its end before it is answered; what is accepted is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from inpoint.web.whole_requests import WholeRequests

PARTS = [{"type": "http.request", "body": b"x", "more_body": n < 4} for n in range(5)]


@pytest.mark.parametrize(("method", "status", "read"), [("PUT", 413, 5), ("POST", 200, 1), ("GET", 404, 1)])
async def test_how_much_is_read_before_the_answer(method: str, status: int, read: int) -> None:
    left: list[dict[str, Any]] = list(PARTS)
    told: list[int] = []

    async def receive() -> Any:
        return left.pop(0)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.append(len(PARTS) - len(left))

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope
        await receive()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    await WholeRequests(app)({"type": "http", "method": method}, receive, send)
    assert told == [read]


async def test_a_body_that_was_read_whole_is_not_waited_for() -> None:
    left: list[dict[str, Any]] = list(PARTS)

    async def receive() -> Any:
        return left.pop(0)  # one more would be an error: the client has nothing to send

    async def send(message: Any) -> None:
        del message

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope
        for _ in PARTS:
            await receive()
        await send({"type": "http.response.start", "status": 400, "headers": []})

    await WholeRequests(app)({"type": "http", "method": "PUT"}, receive, send)
    assert left == []
