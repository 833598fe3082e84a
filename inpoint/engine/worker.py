"""What a confined process does: one order after another over its socket, until the other side hangs up."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import av.logging

from inpoint.engine import calls
from inpoint.engine.calls import DONE, FAILED, FAILURE, Call, Failed
from inpoint.engine.caption_files import read_captions
from inpoint.engine.check import check_video
from inpoint.engine.encode import encode, init_segment, pixel_rate
from inpoint.engine.gather import gather
from inpoint.engine.loudness import loudness
from inpoint.engine.mix import mix
from inpoint.engine.overlay import read_image
from inpoint.engine.rewrap import rewrap, rewrap_sound
from inpoint.engine.sound import decode_sound, encode_sound
from inpoint.engine.still import sheet, still
from inpoint.engine.survey import levels, shots
from inpoint.engine.wire import Message, pack, receive, written
from inpoint.errors import InpointError
from inpoint.model.cues import dump_captions
from inpoint.ports import orders

Reply = Callable[[Message], None]


def serve(sock: socket.socket) -> None:
    """Answer orders: any number of parts, then that it is done, or has failed."""
    av.logging.set_level(None)

    def reply(message: Message) -> None:
        sock.sendall(pack(message))

    while (message := receive(sock)) is not None:
        try:
            _answer(message, reply)
            reply(Message(DONE, "null"))
        except InpointError as error:
            reply(written(FAILED, Failed(error.code, error.message, error.detail), FAILURE))
        except Exception as error:
            reply(written(FAILED, Failed("engine_failed", None, f"{type(error).__name__}: {error}"), FAILURE))


def _answer(message: Message, reply: Reply) -> None:
    call = calls.CALLS[message.kind]
    order = call.read_order(message)
    if call is calls.REWRAP:
        made: orders.Rewrapped = rewrap(order, lambda percent: reply(call.part(orders.Progress(percent))))
        reply(call.part(made))
        return
    for part in _ANSWERS[call](order):
        reply(call.part(part))


def _rewrap_sound(order: orders.SoundRewrapOrder) -> Iterator[orders.SoundRewrapped]:
    yield rewrap_sound(order)


def _mix(order: orders.MixOrder) -> Iterator[orders.Mixed]:
    mix(order)
    yield orders.Mixed()


def _captions(order: orders.CaptionsOrder) -> Iterator[orders.ReadCaptions]:
    yield orders.ReadCaptions(dump_captions(read_captions(order.source, order.shift)))


def _image(order: orders.ImageOrder) -> Iterator[orders.ReadImage]:
    yield read_image(order.source)


def _inits(order: orders.InitOrder) -> Iterator[orders.MadeInit]:
    for rendition in order.renditions:
        yield orders.MadeInit(rendition.name, init_segment(rendition, order.picture))


def _sound(order: orders.SoundOrder) -> Iterator[orders.MadeSegment]:
    lost: list[int] = []
    pcm = decode_sound(order, lost)
    yield encode_sound(pcm, order, lost)


def _loudness(order: orders.SoundOrder) -> Iterator[orders.Loudness]:
    yield loudness(decode_sound(order))


def _levels(order: orders.SoundOrder) -> Iterator[orders.Levels]:
    yield orders.Levels(levels(decode_sound(order), order.recipe.run_up, order.end - order.start))


def _shots(order: orders.ShotOrder) -> Iterator[orders.Shots]:
    yield orders.Shots(shots(order.chunks, order.places, order.lead))


def _gather(order: orders.GatherOrder) -> Iterator[orders.Gathered]:
    gather(order.tracks, order.out)
    yield orders.Gathered()


def _still(order: orders.StillOrder) -> Iterator[orders.Painted]:
    yield orders.Painted(still(order))


def _sheet(order: orders.SheetOrder) -> Iterator[orders.Painted]:
    yield orders.Painted(sheet(order.tiles, order.tile, order.columns))


def _check(order: orders.CheckOrder) -> Iterator[orders.Checked]:
    yield orders.Checked(check_video(order.segment, order.frame_ticks))


def _pixel_rate(order: orders.RateOrder) -> Iterator[orders.MeasuredRate]:
    yield orders.MeasuredRate(pixel_rate(order.recipe, order.boxes))


_ANSWERS: Mapping[Call[Any, Any], Callable[[Any], Iterator[Any]]] = {
    calls.REWRAP_SOUND: _rewrap_sound,
    calls.MIX: _mix,
    calls.CAPTIONS: _captions,
    calls.IMAGE: _image,
    calls.INITS: _inits,
    calls.VIDEO: encode,
    calls.SOUND: _sound,
    calls.LOUDNESS: _loudness,
    calls.LEVELS: _levels,
    calls.SHOTS: _shots,
    calls.GATHER: _gather,
    calls.STILL: _still,
    calls.SHEET: _sheet,
    calls.CHECK: _check,
    calls.PIXEL_RATE: _pixel_rate,
}
