"""Language tags."""

from __future__ import annotations

import pytest

from inpoint.model.language import spelled, tag


@pytest.mark.parametrize(
    ("told", "expected"),
    [("eng", "en"), ("ger", "de"), ("deu", "de"), ("fre", "fr"), ("scc", "sr"), ("de-AT", "de-AT"), ("EN", "en"),
     ("en_US", "en-US"), (None, "und"), ("", "und"), ("x y", "und"), ('en"', "und"), ("en\n", "en"),
     ("English", "und"), ("haw", "haw"), ("zho-Hant", "zh-Hant"), ("mul", "mul"), ("qaa", "qaa"),
     ("en-" + "x-abc" * 10, "und"), ("\u0435n", "und")],
)  # fmt: skip
def test_what_containers_tell(told: str | None, expected: str) -> None:
    assert tag(told) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [("en", "en"), ("PT-br", "pt-BR"), ("zh-hant-tw", "zh-Hant-TW"), ("iw", "iw"), ("deu", "deu"),
     ("de-1996", "de-1996"), ("en-x-shout", "en-x-shout"), ("und", "und"), ("", None), ("e", None),
     ("english", None), ("en-", None), ("en--US", None), ("en_US", None), ("en US", None), ("../en", None),
     ("de-" + "a" * 40, None), ("\u0435n", None), ("en\n", None)],
)  # fmt: skip
def test_what_clients_say(told: str, expected: str | None) -> None:
    assert spelled(told) == expected
