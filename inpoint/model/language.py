"""Language tags: containers say ISO 639-2 ("eng", "ger"), players want BCP 47 ("en", "de")."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: The two-letter code of each three-letter one, both kinds of these (ISO 639-2, where a 639-1 code exists).
_TABLE = """
ara:ar bul:bg cat:ca ces:cs cze:cs chi:zh zho:zh dan:da deu:de ger:de dut:nl nld:nl ell:el gre:el eng:en est:et
eus:eu baq:eu fas:fa per:fa fin:fi fra:fr fre:fr gle:ga glg:gl heb:he hin:hi hrv:hr hun:hu hye:hy arm:hy ind:id
isl:is ice:is ita:it jpn:ja kat:ka geo:ka kaz:kk kor:ko lav:lv lit:lt mkd:mk mac:mk msa:ms may:ms nor:no nob:nb
nno:nn pol:pl por:pt ron:ro rum:ro rus:ru slk:sk slo:sk slv:sl spa:es sqi:sq alb:sq srp:sr swa:sw swe:sv tam:ta
tel:te tha:th tur:tr ukr:uk urd:ur vie:vi cym:cy wel:cy ben:bn
"""
_SHORT = dict(pair.split(":") for pair in _TABLE.split())
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def plain_name(told: Mapping[str, str]) -> str:
    """A track's name, from what its container tells: printable, of a sensible length."""
    name = told.get("title") or told.get("language") or "default"
    return "".join(character for character in name if character.isprintable())[:100] or "default"


def tag(told: str | None) -> str:
    """The BCP 47 tag of what a container tells; "und" for nothing or nonsense."""
    text = (told or "und").strip()
    if not _TAG.fullmatch(text):
        return "und"
    first, dash, rest = text.partition("-")
    return _SHORT.get(first.lower(), first.lower()) + dash + rest
