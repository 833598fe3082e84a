"""One error, one code; and every failure of libav is one of ours."""

from __future__ import annotations

import ast
import errno
import inspect
from collections.abc import Iterator
from pathlib import Path

import av.error
import pytest

from inpoint import errors
from inpoint.engine.failures import BY_CODE, from_report, translated, translation
from inpoint.web.failures import status_of

ROOT = Path(errors.__file__).parent


def kinds(of: type[errors.InpointError] = errors.InpointError) -> Iterator[type[errors.InpointError]]:
    yield of
    for kind in of.__subclasses__():
        yield from kinds(kind)


def test_every_class_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in kinds()]
    assert len(set(codes)) == len(codes)
    assert all(code.islower() and code.replace("_", "").isalpha() for code in codes)
    # Stored with media that failed: these stay what they were.
    stored: dict[type[errors.InpointError], str] = {
        errors.MediaError: "failed", errors.Unreachable: "unreachable", errors.TooLarge: "too_large",
        errors.TooLong: "too_long", errors.Unsupported: "unsupported", errors.Damaged: "damaged",
        errors.EngineFailed: "engine_failed", errors.SourceFailed: "source_failed", errors.EmptyRange: "empty_range",
        errors.NotFound: "not_found", errors.Invalid: "invalid", errors.SignedOut: "signed_out",
    }  # fmt: skip
    assert all(kind.code == code for kind, code in stored.items())


def test_every_class_says_what_it_is() -> None:
    assert [kind.__name__ for kind in kinds() if not kind.__doc__] == []


def test_every_code_is_documented() -> None:
    text = (ROOT.parent / "docs/3-api/own.md").read_text()
    unseen = {"error", "refused", "repeated", "server_unreachable", "server_refused"}
    for kind in kinds():
        sentence = (inspect.getdoc(kind) or "").splitlines()[0]
        row = f"| `{kind.code}` | {status_of(kind.__new__(kind))} | {sentence} |"
        assert kind.__module__ != errors.__name__ or kind.code in unseen or row in text, row


@pytest.mark.parametrize("general", ["Refused", "InpointError", "MediaError"])
def test_what_is_raised_is_never_the_general_kind(general: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("errors.") == general
    ]
    assert not found


LIBAV = [
    kind for kind in vars(av.error).values() if isinstance(kind, type) and issubclass(kind, av.error.FFmpegError)
]


@pytest.mark.parametrize("kind", LIBAV, ids=lambda one: one.__name__)
def test_every_failure_of_libav_is_one_of_ours(kind: type[av.error.FFmpegError]) -> None:
    told = translation(kind(1, "told by libav"))
    assert type(told) in (errors.Unsupported, errors.Damaged, errors.EngineFailed)
    assert "told by libav" in told.detail
    again = from_report(told.code, None, told.detail)
    assert (type(again), again.detail) == (type(told), told.detail)


def test_the_machines_troubles_are_not_the_sources() -> None:
    for number in (errno.ENOSPC, errno.EMFILE):
        assert isinstance(translation(av.error.OSError(number, "full")), errors.EngineFailed)
    assert isinstance(translation(av.error.OSError(errno.EIO, "cut off")), errors.Damaged)
    assert isinstance(translation(av.error.MemoryError(errno.ENOMEM, "a bomb")), errors.Damaged)
    assert isinstance(translation(av.error.InvalidDataError(1, "no video")), errors.Unsupported)
    with pytest.raises(errors.EngineFailed), translated():
        raise av.error.EncoderNotFoundError(1, "no encoder")


def test_what_processes_report_by_code_is_theirs() -> None:
    assert all(kind.code == code for code, kind in BY_CODE.items())
    assert isinstance(from_report("of another release", None, ""), errors.EngineFailed)
