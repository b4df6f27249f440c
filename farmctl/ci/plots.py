"""Drawings of the report as SVG, before and after in one: nothing is fetched or run. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from html import escape

from msgspec import Struct

from farmctl.ci.layer_view import LayerView, Line, extent

_WIDTH, _HEIGHT = 330, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 42, 14, 8, 38
_STEPS = 4
_SHADES = ("#4da3ff", "#00c2d1", "#3ddc97", "#b5e550", "#ffe14d", "#ffb000", "#ff7a2f", "#ff4d4d")
"""Slow to fast, each seen well on the dark ground of a layer."""
_PICTURE, _EDGE = 500, 12
_LAID_UM = 400
"""About how wide a laid line is; drawn so, but never as a hair and never as a block."""


class Series(Struct, frozen=True):
    """One line of a plot: points (x, y), and the class that colours it."""

    name: str
    points: tuple[tuple[float, float], ...]


def plot(title: str, unit: str, series: Sequence[Series]) -> str:
    """Return lines over the height of a print in mm, with a grid, and units at both axes."""
    xs = [x for each in series for x, _ in each.points]
    ys = [y for each in series for _, y in each.points]
    across = ticks(0, max(xs, default=0))
    up = ticks(min([0, *ys]), max([0, *ys]))
    drawn = _grid(across, up) + "".join(_line(each, across, up) for each in series)
    label = _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 4, "height, mm", "middle")
    picture = _svg(_WIDTH, _HEIGHT, f"{title} over height", drawn + label)
    return f"<figure><figcaption>{escape(title)}, {escape(unit)}</figcaption>{picture}</figure>"


def ticks(lowest: float, highest: float) -> tuple[float, ...]:
    """Return round numbers around a range, about four steps; 0 to 1 where it is none."""
    if highest <= lowest:
        return (0.0, 1.0)
    rough = (highest - lowest) / _STEPS
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(each * size for each in (1, 2, 2.5, 5, 10) if each * size >= rough * 0.999)
    first, last = math.floor(lowest / step + 1e-9), math.ceil(highest / step - 1e-9)
    return tuple(round(step * number, 9) for number in range(first, last + 1))


def _x(value: float, across: Sequence[float]) -> float:
    share = (value - across[0]) / (across[-1] - across[0])
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float, up: Sequence[float]) -> float:
    share = (value - up[0]) / (up[-1] - up[0])
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP)


def _grid(across: Sequence[float], up: Sequence[float]) -> str:
    lines = "".join(f"M{_LEFT} {_y(each, up):.1f}H{_WIDTH - _RIGHT}" for each in up)
    labels = "".join(_text(_LEFT - 6, _y(each, up) + 4, f"{each:g}", "end") for each in up)
    below = _HEIGHT - _BOTTOM + 16
    labels += "".join(_text(_x(each, across), below, f"{each:g}", "middle") for each in across)
    return f'<path class="grid" d="{lines}"/>{labels}'


def _line(series: Series, across: Sequence[float], up: Sequence[float]) -> str:
    points = " ".join(f"{_x(x, across):.1f},{_y(y, up):.1f}" for x, y in series.points)
    return f'<polyline class="{escape(series.name)}" points="{points}"/>'


def layer_pictures(view: LayerView, said: tuple[str, str]) -> str:
    """Return a layer before and after, side by side; the colour of a line is its speed.

    Args:
        view: The layer.
        said: What stands beside `before` and `after`.
    """
    steps = speeds(view)
    sides = (("before", said[0], view.before), ("after", said[1], view.after))
    pictures = "".join(
        f"<figure><figcaption><b>{name}</b> {escape(words)}</figcaption>"
        f"{_layer(view, lines, steps)}</figure>"
        for name, words, lines in sides
    )
    return f'<div class="pair">{pictures}</div>{_legend(steps)}'


def speeds(view: LayerView) -> tuple[int, ...]:
    """Return the speeds in µm/s that colours begin at: each that there is, or steps where many."""
    found = sorted({each.speed_um_s for side in (view.before, view.after) for each in side})
    if len(found) <= len(_SHADES):
        return tuple(found)
    return tuple(found[-1] * number // len(_SHADES) for number in range(len(_SHADES)))


def _layer(view: LayerView, lines: Sequence[Line], steps: Sequence[int]) -> str:
    x, y, wide, high = extent(view)
    scale = (_PICTURE - 2 * _EDGE) / max(wide, high)
    paths: dict[int, list[str]] = defaultdict(list)
    for each in lines:
        points = zip(each.points[::2], each.points[1::2], strict=True)
        drawn = "L".join(
            f"{_EDGE + (px - x) * scale:.1f} {_EDGE + (y + high - py) * scale:.1f}"
            for px, py in points
        )
        begun = sum(step <= each.speed_um_s for step in steps) - 1
        paths[max(0, begun)].append(f"M{drawn}")
    width = min(5.0, max(1.3, _LAID_UM * scale))
    body = "".join(
        f'<path class="laid" stroke="{_shade(number, steps)}" d="{"".join(drawn)}"/>'
        for number, drawn in sorted(paths.items())
    )
    size = (round(wide * scale) + 2 * _EDGE, round(high * scale) + 2 * _EDGE)
    lines_of = f'<g stroke-width="{width:.1f}">{body}</g>'
    return _svg(*size, f"the layer at {view.z_um / 1000:g} mm", lines_of, "layer")


def _shade(number: int, steps: Sequence[int]) -> str:
    """Return a colour for a step: few steps are as far apart as many."""
    return _SHADES[number * (len(_SHADES) - 1) // max(1, len(steps) - 1)]


def _legend(steps: Sequence[int]) -> str:
    marks = "".join(
        f'<span><i style="background:{_shade(number, steps)}"></i>{step / 1000:.3g}</span>'
        for number, step in enumerate(steps)
    )
    return f'<p class="legend">speed asked for, mm/s: {marks}</p>' if steps else ""


def _svg(width: int, height: int, label: str, body: str, kind: str = "plot") -> str:
    return (
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(label)}">{body}</svg>'
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
