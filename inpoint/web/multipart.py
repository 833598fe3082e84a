"""A form's parts as they arrive (RFC 7578): a file is never held in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from inpoint.errors import WrongForm

_MOST_FIELD = 64 << 10  # bytes of a field that is read as text
_MOST_PARTS = 50


@dataclass(slots=True)
class Part:
    """``blocks`` are to be read before the next part; what isn't is skipped."""

    name: str
    filename: str | None
    _form: _Form

    @property
    def blocks(self) -> AsyncIterator[bytes]:
        """Its bytes as they come."""
        return self._form.data()

    async def text(self, most: int = _MOST_FIELD) -> str:
        """Raises Refused for what is too long, or no UTF-8."""
        found = bytearray()
        async for block in self.blocks:
            found += block
            if len(found) > most:
                raise WrongForm(f"the form's field {self.name} is too long")
        try:
            return found.decode()
        except UnicodeDecodeError as error:
            raise WrongForm(f"the form's field {self.name} is no text") from error


async def parts(request: Request) -> AsyncIterator[Part]:
    """Raises Refused for what is no form, or one that breaks off."""
    kind, options = parse_options_header(request.headers.get("Content-Type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise WrongForm("the request must be a multipart/form-data form")
    form = _Form(request.stream(), boundary)
    for _ in range(_MOST_PARTS):
        part = await form.next()
        if part is None:
            return
        yield part
    raise WrongForm("the form has too many parts")


class _Form:
    def __init__(self, stream: AsyncIterator[bytes], boundary: bytes) -> None:
        self._stream = stream
        self._headers: dict[bytes, bytes] = {}
        self._field = b""
        self._value = b""
        #: A part's headers, its bytes, None where it ends.
        self._events: deque[dict[bytes, bytes] | bytes | None] = deque()
        self._ended = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._headers.clear,
                    "on_header_field": self._on_field,
                    "on_header_value": self._on_value,
                    "on_header_end": self._on_header,
                    "on_headers_finished": lambda: self._events.append(dict(self._headers)),
                    "on_part_data": lambda data, start, end: self._events.append(data[start:end]),
                    "on_part_end": lambda: self._events.append(None),
                    "on_end": self._on_end,
                },
            )
        except FormParserError as error:
            raise WrongForm("the form's boundary is not valid") from error

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[self._field.lower()] = self._value
        self._field = self._value = b""

    def _on_end(self) -> None:
        self._ended = True

    async def _event(self) -> dict[bytes, bytes] | bytes | None:
        while not self._events:
            block = await anext(self._stream, None)
            if block is None:
                raise WrongForm("the form breaks off")
            try:
                self._parser.write(block)
            except FormParserError as error:
                raise WrongForm("the form is not valid") from error
        return self._events.popleft()

    async def next(self) -> Part | None:
        """The next part."""
        while not self._ended or self._events:
            event = await self._event()
            if isinstance(event, dict):
                _, told = parse_options_header(event.get(b"content-disposition", b""))
                filename = told.get(b"filename")
                name = None if filename is None else filename.decode(errors="replace")
                return Part(told.get(b"name", b"").decode(errors="replace"), name, self)
        return None

    async def data(self) -> AsyncIterator[bytes]:
        """The part's next bytes."""
        while True:
            event = await self._event()
            if not isinstance(event, bytes):
                return
            yield event
