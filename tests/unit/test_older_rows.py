"""Rows that earlier releases wrote, in the words that they had."""

from __future__ import annotations

from inpoint.database import older
from inpoint.database.treatment_rows import to_treatment, treatment_facts
from inpoint.model.treatment import Treatment


def test_words_that_were_borrowed_once_are_read() -> None:
    assert [older.quality(one) for one in ("standard", "pro", "premium")] == ["usual", "better", "best"]
    assert older.quality("best") == "best"
    assert older.position("lowerLeft") == older.position("left bottom") == ("left", "bottom")
    assert older.position("center") == ("center", "middle")
    assert older.creator({"request": {"creatorId": "ada"}}) == "ada"
    assert older.creator({"creator": "bob", "request": {"creatorId": "ada"}}) == "bob"


def test_a_treatment_as_it_was_stored() -> None:
    told = treatment_facts(Treatment(quality="best"))
    assert to_treatment({**told, "quality": "premium"}) == to_treatment(told) == Treatment(quality="best")
    assert to_treatment({}) == Treatment()
