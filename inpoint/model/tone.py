"""Colours of other spaces, and light of high dynamic range, brought to what a screen of standard range shows. Pure.

As BT.2408 has it, white is 203 cd/m²: what is darker stays as it is, so that what was made for a standard screen
comes back as it was; what is brighter is brought down along the curve of BT.2390, all three primaries alike.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from math import exp, inf

from inpoint.model.color import HLG, PQ

#: Numbers along each axis of a table, the square of a Hald image's level.
STEPS = 49

_WHITE, _PEAK = 203.0, 1000.0  # cd/m²: what becomes white, and the brightest that is told from it
_SCREEN = 2.4  # the power of a screen's signal that its light is (ITU-R BT.1886)
_SIGNAL = 1 / _SCREEN
_POWERS: Mapping[int, float] = {4: 2.2, 5: 2.8, 8: 1.0}  # of the transfers that have another
#: ITU-R BT.2100, tables 4 and 5.
_M1, _M2, _C1, _C2, _C3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
_A, _B, _C = 0.17883277, 0.28466892, 0.55991073
_SYSTEM = 1.2

Triple = tuple[float, float, float]
_Rows = tuple[Triple, Triple, Triple]

_D65 = (0.3127, 0.3290)
#: x and y of red, green, blue and white, by primaries (ITU-T H.273, table 2).
_CHROMATICITIES: Mapping[int, Sequence[tuple[float, float]]] = {
    1: ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), _D65),
    4: ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), (0.310, 0.316)),
    5: ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), _D65),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    8: ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), (0.310, 0.316)),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
    22: ((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), _D65),
}
#: Those that are known.
PRIMARIES = frozenset(_CHROMATICITIES)


@cache
def table(primaries: int, transfer: int) -> array[int]:
    """R, G, B of BT.709, to 65535, for each R'G'B' of other primaries and another transfer, in ``STEPS`` of each, red
    fastest."""
    light = [_light(step / (STEPS - 1), transfer) for step in range(STEPS)]
    (rr, rg, rb), (gr, gg, gb), (br, bg, bb) = _narrowing(primaries)
    knee = _KNEE if transfer in (PQ, HLG) else inf
    found = array("H")
    for blue, green in product(light, repeat=2):
        beside = rg * green + rb * blue, gg * green + gb * blue, bg * green + bb * blue
        for red in light:
            narrow = (rr * red + beside[0], gr * red + beside[1], br * red + beside[2])
            most = max(narrow)
            dimmed = _brought_down(most) / most if most > knee else 1.0
            for one in narrow:
                found.append(round(65535 * min(1.0, one * dimmed) ** _SIGNAL) if one > 0 else 0)
    return found


def _light(signal: float, transfer: int) -> float:
    """Of a primary: white is 1. HLG's is that of a screen of 1000 cd/m², where each primary is brightened by
    itself, as most screens do it, and zimg."""
    if transfer == PQ:
        return _pq_light(signal) / _WHITE
    if transfer == HLG:
        scene = signal * signal / 3 if signal <= 0.5 else (exp((signal - _C) / _A) + _B) / 12
        return float(_PEAK / _WHITE * scene**_SYSTEM)
    return float(signal ** _POWERS.get(transfer, _SCREEN))


def _pq_light(signal: float) -> float:
    """In cd/m²."""
    power = signal ** (1 / _M2)
    return 10_000 * float((max(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1))


def _pq_signal(light: float) -> float:
    power = (light / 10_000) ** _M1
    return float(((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2)


def _brought_down(light: float) -> float:
    """ITU-R BT.2390, 5.4.1, with black at zero; of light of which white is 1."""
    t = (min(1.0, _pq_signal(light * _WHITE) / _TOP) - _START) / (1 - _START)
    bent = (2 * t**3 - 3 * t**2 + 1) * _START + (t**3 - 2 * t**2 + t) * (1 - _START) + (-2 * t**3 + 3 * t**2) * _MOST
    return _pq_light(bent * _TOP) / _WHITE


_TOP = _pq_signal(_PEAK)
_MOST = _pq_signal(_WHITE) / _TOP
_START = 1.5 * _MOST - 0.5  # the knee, as a part of the greatest signal
_KNEE = _pq_light(_START * _TOP) / _WHITE


@cache
def _narrowing(primaries: int) -> _Rows:
    """Rows by which light of some primaries becomes that of BT.709's. White stays white."""
    return _product(_inverse(_to_xyz(1)), _to_xyz(primaries))


def _to_xyz(primaries: int) -> _Rows:
    """SMPTE RP 177, 3.3, with each white scaled to D65's (von Kries, in XYZ)."""
    *points, white = _CHROMATICITIES[primaries]
    columns = [(x / y, 1.0, (1 - x - y) / y) for x, y in points]
    rows = _rows(*zip(*columns, strict=True))
    own, wanted = _xyz(white), _xyz(_D65)
    weights = _applied(_inverse(rows), own)
    return _rows(
        *([one * weight * to / of for one, weight in zip(row, weights, strict=True)]
          for row, to, of in zip(rows, wanted, own, strict=True))
    )  # fmt: skip


def _xyz(point: tuple[float, float]) -> Triple:
    x, y = point
    return x / y, 1.0, (1 - x - y) / y


def _rows(*rows: Sequence[float]) -> _Rows:
    one, two, three = ((row[0], row[1], row[2]) for row in rows)
    return one, two, three


def _applied(rows: _Rows, to: Triple) -> Triple:
    red, green, blue = to
    first, second, third = (one * red + two * green + three * blue for one, two, three in rows)
    return first, second, third


def _product(left: _Rows, right: _Rows) -> _Rows:
    return _rows(
        *([sum(row[k] * right[k][column] for k in range(3)) for column in range(3)] for row in left)
    )  # fmt: skip


def _inverse(rows: _Rows) -> _Rows:
    (a, b, c), (d, e, f), (g, h, i) = rows
    whole = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    adjugate = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    return _rows(*([one / whole for one in row] for row in adjugate))
