"""What a confined process does: one request after another over its socket, until the other side hangs up."""

from __future__ import annotations

import socket
from array import array
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av.logging

from inpoint.engine.captions import read_captions
from inpoint.engine.check import check_video
from inpoint.engine.decode import Chunk
from inpoint.engine.encode import Picture, Wanted, encode, init_segment, pixel_rate
from inpoint.engine.gather import GatheredTrack, gather
from inpoint.engine.image import image
from inpoint.engine.loudness import loudness
from inpoint.engine.mix import LaidSound, mix
from inpoint.engine.overlay import Image, read_image
from inpoint.engine.rewrap import rewrap, rewrap_sound
from inpoint.engine.sound import Run, decode_sound, encode_sound
from inpoint.engine.still import PIXELS, moving, pictures, sheet
from inpoint.engine.survey import levels, shots
from inpoint.engine.upright import Fitting, Upright
from inpoint.engine.wire import Message, pack, receive
from inpoint.errors import InpointError
from inpoint.model.encoding import Rendition
from inpoint.model.index import dump_cues
from inpoint.model.overlay import to_overlay
from inpoint.model.still import Canvas

Reply = Callable[[Message], None]


def serve(sock: socket.socket) -> None:
    """Answer requests: any number of parts, then one ``done`` or ``error``."""
    av.logging.set_level(None)

    def reply(message: Message) -> None:
        sock.sendall(pack(message))

    while (request := receive(sock)) is not None:
        try:
            _OPERATIONS[request.header["op"]](request, reply)
            reply(Message({"done": True}))
        except InpointError as error:
            reply(Message({"error": error.code, "message": error.message, "detail": error.detail}))
        except Exception as error:
            detail = f"{type(error).__name__}: {error}"
            reply(Message({"error": "engine_failed", "message": None, "detail": detail}))


def _rewrap(request: Message, reply: Reply) -> None:
    header = request.header
    facts, index = rewrap(
        Path(header["path"]),
        Path(header["out"]),
        header["max_seconds"],
        Fraction(header["rate"]) if header["rate"] else None,
        lambda percent: reply(Message({"progress": percent})),
    )
    reply(Message({"facts": facts}, [index]))


def _rewrap_sound(request: Message, reply: Reply) -> None:
    header = request.header
    facts, index = rewrap_sound(
        Path(header["path"]), Path(header["out"]), Fraction(header["shift"]), header["max_seconds"]
    )
    reply(Message({"facts": facts}, [index]))


def _mix(request: Message, reply: Reply) -> None:
    header = request.header
    laid = [
        LaidSound(
            Path(one["path"]),
            Fraction(one["start"]),
            None if one["end"] is None else Fraction(one["end"]),
            Fraction(one["fade_in"]),
            Fraction(one["fade_out"]),
        )
        for one in header["laid"]
    ]
    zero = None if header["zero"] is None else Fraction(header["zero"])
    mix(Path(header["path"]), zero, laid, Fraction(header["seconds"]), Path(header["out"]))
    reply(Message({"mixed": True}))


def _captions(request: Message, reply: Reply) -> None:
    cues = read_captions(Path(request.header["path"]), Fraction(request.header["shift"]))
    reply(Message({}, [dump_cues(cues)]))


def _inits(request: Message, reply: Reply) -> None:
    picture = _picture(request.header)
    for rendition in request.header["renditions"]:
        reply(Message({"rendition": rendition["name"]}, [init_segment(Rendition(**rendition), picture)]))


def _encode(request: Message, reply: Reply) -> None:
    header = request.header
    picture = _picture(header)
    wanted = [Wanted(Rendition(**one["rendition"]), one["start"], one["end"]) for one in header["wanted"]]
    places = [(chunk, rank) for chunk, rank in header["places"]]
    chunks, images = _chunks_and_images(request)
    first, at_end = header["first"], header["at_end"]
    for made in encode(chunks, places, first, at_end, wanted, picture, images, header["threads"]):
        one = {"rendition": made.wanted.rendition.name, "start": made.wanted.start, "end": made.wanted.end}
        reply(Message(one, [made.init, made.data]))


def _sound(request: Message, reply: Reply) -> None:
    header = request.header
    init, data = encode_sound(_heard(request), header["start"], header["end"], header["gain"])
    reply(Message({"start": header["start"], "end": header["end"]}, [init, data]))


def _loudness(request: Message, reply: Reply) -> None:
    lufs, peak = loudness(_heard(request))
    reply(Message({"lufs": lufs, "peak": peak}))


def _levels(request: Message, reply: Reply) -> None:
    count = request.header["end"] - request.header["start"]
    reply(Message({}, [levels(_heard(request), count)]))


def _shots(request: Message, reply: Reply) -> None:
    header = request.header
    chunks = [Chunk(number, data) for number, data in zip(header["chunks"], request.blobs, strict=True)]
    places = [(chunk, rank) for chunk, rank in header["places"]]
    reply(Message({"shots": shots(chunks, places, header["lead"])}))


def _heard(request: Message) -> bytes:
    """The samples that an order for sound names."""
    header = request.header
    chunks = [Chunk(number, data) for number, data in zip(header["chunks"], request.blobs, strict=True)]
    runs = [Run(**run) for run in header["runs"]]
    return decode_sound(chunks, header["firsts"], runs, header["rate"], header["start"], header["end"])


def _gather(request: Message, reply: Reply) -> None:
    del reply
    tracks = []
    for number, told in enumerate(request.header["tracks"]):
        chunk, rank, time = (array("q", blob) for blob in request.blobs[3 * number : 3 * number + 3])
        times = {(one, other): at for one, other, at in zip(chunk, rank, time, strict=True)}
        tracks.append(GatheredTrack([Path(path) for path in told["paths"]], told["numbers"], times, told["language"]))
    gather(tracks, Path(request.header["out"]))


def _still(request: Message, reply: Reply) -> None:
    header = request.header
    chunks, images = _chunks_and_images(request)
    places = [(chunk, rank) for chunk, rank in header["places"]]
    told, kind = header["canvas"], header["format"]
    canvas = Canvas(tuple(told["scaled"]), tuple(told["size"]))
    shown = pictures(chunks, places, Upright(header["rotation"], _fitting(header), images), canvas, PIXELS[kind])
    made = image(shown, kind) if len(places) == 1 and kind != "gif" else moving(shown, kind, Fraction(header["rate"]))
    reply(Message({}, [made]))


def _chunks_and_images(request: Message) -> tuple[list[Chunk], list[Image]]:
    """The chunks' bytes come first, then the images'."""
    numbers, told = request.header["chunks"], request.header["images"]
    chunks = [Chunk(number, data) for number, data in zip(numbers, request.blobs, strict=False)]
    data = request.blobs[len(numbers) :]
    return chunks, [Image(one, to_overlay(facts)) for one, facts in zip(data, told, strict=True)]


def _image(request: Message, reply: Reply) -> None:
    data, width, height = read_image(Path(request.header["path"]))
    reply(Message({"width": width, "height": height}, [data]))


def _sheet(request: Message, reply: Reply) -> None:
    width, height = request.header["tile"]
    reply(Message({}, [sheet(request.blobs, (width, height), request.header["columns"])]))


def _check(request: Message, reply: Reply) -> None:
    init, data = request.blobs
    header = request.header
    reply(Message({"fault": check_video(init, data, header["start"], header["count"], header["ticks"])}))


def _pixel_rate(_: Message, reply: Reply) -> None:
    reply(Message({"rate": pixel_rate()}))


def _picture(header: dict[str, Any]) -> Picture:
    return Picture(Fraction(header["rate"]), header["rotation"], header["color"], _fitting(header))


def _fitting(header: dict[str, Any]) -> Fitting | None:
    told = header["fitting"]
    return None if told is None else Fitting(tuple(told["shape"]), tuple(told["canvas"]))


_OPERATIONS: dict[str, Callable[[Message, Reply], None]] = {
    "rewrap": _rewrap,
    "rewrap_sound": _rewrap_sound,
    "mix": _mix,
    "captions": _captions,
    "inits": _inits,
    "encode": _encode,
    "sound": _sound,
    "loudness": _loudness,
    "levels": _levels,
    "shots": _shots,
    "gather": _gather,
    "image": _image,
    "still": _still,
    "sheet": _sheet,
    "check": _check,
    "pixel_rate": _pixel_rate,
}
