"""A query's parameters: what is obeyed, what is refused and how it is called, and that all of it is described."""

from __future__ import annotations

import inspect
from fractions import Fraction
from types import ModuleType

import pytest

from inpoint.dialects.cloudflare import description as stream_description
from inpoint.dialects.cloudflare import queries as stream
from inpoint.dialects.fastpix import description as fastpix_description
from inpoint.dialects.fastpix import queries as fastpix
from inpoint.dialects.own import description as own_description
from inpoint.dialects.own import queries as own
from inpoint.errors import Invalid
from inpoint.model.playback import Filters
from inpoint.model.range import Range
from inpoint.web.description import Description
from inpoint.web.forms import read
from inpoint.web.query import Query, parameters_of


def test_what_is_not_sent_is_as_usual() -> None:
    assert read(fastpix.PagingQuery, {}).page.newest_first
    assert read(fastpix.RenditionsQuery, {}).filters == Filters(None, None, False)
    assert read(stream.InstantQuery, {}).range is None
    assert read(own.LibraryQuery, {}).sorting.by == "created"


def test_what_is_sent_is_obeyed() -> None:
    paging = read(fastpix.PagingQuery, {"limit": "7", "offset": "3", "orderBy": "asc", "other": "?"})
    assert (paging.page.start, paging.page.limit, paging.page.newest_first) == (14, 7, False)
    assert read(fastpix.PartQuery, {"start": "1.25", "end": "9s"}).range == Range(Fraction("1.25"), Fraction(9))
    assert read(stream.InstantQuery, {"time": "1m2s", "duration": "5"}).range == Range(Fraction(62), Fraction(67))
    assert read(stream.InstantQuery, {"time": "3"}).range == Range(Fraction(3), Fraction(63))
    listed = read(stream.ListQuery, {"status": "ready,queued", "asc": "1", "name": "a, b", "start": "2026-01-31"})
    assert listed.wanted.states == [("waiting", False), ("ready", None)]
    assert listed.wanted.named == ([], ["a", "b", "a, b"])
    assert listed.wanted.since is not None
    assert not listed.page.newest_first
    assert read(stream.ListQuery, {"type": "live", "status": "ready"}).wanted.states == []
    assert read(own.LevelsQuery, {"first": "12.333333333333334", "frames": "1e-1"}).first == 12.333333333333334


@pytest.mark.parametrize(
    ("query", "sent", "field"),
    [
        (fastpix.PagingQuery, {"limit": "0"}, "limit"),
        (fastpix.PagingQuery, {"limit": "51"}, "limit"),
        (fastpix.PagingQuery, {"offset": "٣"}, "offset"),
        (fastpix.PagingQuery, {"orderBy": "DESC"}, "orderBy"),
        (fastpix.RenditionsQuery, {"resolution": "719p"}, "resolution"),
        (fastpix.RenditionsQuery, {"renditionOrder": "up"}, "order"),
        (fastpix.RenditionsQuery, {"minResolution": "720p", "maxResolution": "360p"}, "minResolution"),
        (fastpix.PartQuery, {"start": "-1"}, "start"),
        (fastpix.PartQuery, {"end": "9" * 400}, "end"),
        (fastpix.FitModeQuery, {"fit_mode": "fill"}, "fit_mode"),
        (fastpix.AnimationQuery, {"fps": "31"}, "fps"),
        (stream.ListQuery, {"status": "ready,gone"}, "status"),
        (stream.ListQuery, {"include_counts": "yes"}, "include_counts"),
        (stream.ListQuery, {"before": "yesterday"}, "before"),
        (stream.InstantQuery, {"duration": "61s"}, "duration"),
        (stream.InstantQuery, {"time": "1d"}, "time"),
        (stream.GifQuery, {"duration": "0"}, "duration"),
        (stream.FilenameQuery, {"filename": "../x"}, "filename"),
        (own.LibraryQuery, {"source": "x"}, "source"),
        (own.LibraryQuery, {"sort": "size"}, "sort"),
        (own.LibraryQuery, {"ids": ",".join(["x"] * 3)}, "ids"),
        (own.LevelsQuery, {"first": "nan"}, "first"),
        (own.LevelsQuery, {"frames": "0"}, "frames"),
        (own.SendingQuery, {"max_height": "99"}, "max_height"),
    ],
)
def test_what_is_refused_is_named(query: type[Query], sent: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(query, sent)
    assert refused.value.field == field


@pytest.mark.parametrize("after", ["", "!!!", "W10", "é", "A" * 5000, "WzEsIDJd"])
def test_a_place_is_one_of_our_own(after: str) -> None:
    with pytest.raises(Invalid):
        _ = read(own.LibraryQuery, {"after": after}).place


def test_in_a_pages_address_what_makes_no_sense_is_as_if_not_sent() -> None:
    sent = {"preload": "all", "startTime": "soon", "primaryColor": "url(x)", "poster": "javascript:1", "muted": ""}
    look = read(stream.PlayerQuery, sent).look
    assert (look.preload, look.start, look.color, look.poster, look.muted) == ("auto", 0.0, "", "", True)


@pytest.mark.parametrize(
    ("forms", "description"),
    [
        (fastpix, fastpix_description.DESCRIPTION),
        (stream, stream_description.DESCRIPTION),
        (own, own_description.DESCRIPTION),
    ],
)
def test_every_query_is_described(forms: ModuleType, description: Description) -> None:
    known = {one for _, one in inspect.getmembers(forms, inspect.isclass) if issubclass(one, Query)} - {Query}
    assert known == {query for told in description.operations.values() for query in told.query}
    for query in known:
        for parameter in parameters_of(query):
            assert parameter["description"]
            assert parameter["schema"]["type"]
