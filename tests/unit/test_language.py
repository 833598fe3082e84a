"""Language tags."""

from __future__ import annotations

import pytest

from inpoint.model.language import tag


@pytest.mark.parametrize(
    ("told", "expected"),
    [("eng", "en"), ("ger", "de"), ("de-AT", "de-AT"), ("EN", "en"), (None, "und"), ("", "und"), ("x y", "und"),
     ('en"', "und"), ("haw", "haw"), ("zho-Hant", "zh-Hant")],
)  # fmt: skip
def test_tags(told: str | None, expected: str) -> None:
    assert tag(told) == expected
