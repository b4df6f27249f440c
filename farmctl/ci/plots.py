"""Drawings of the report as SVG, before and after in one: nothing is fetched or run. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from html import escape

from msgspec import Struct

from farmctl.ci.layer_view import LayerView, Line, extent, fastest

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 460, 170, 46, 22
_SHADES = ("#2c7bb6", "#00a6ca", "#00ccbc", "#90eb9d", "#f9d057", "#f29e2e", "#e76818", "#d7191c")
_PICTURE = 320


class Series(Struct, frozen=True):
    """One line of a plot: points (x, y), and the class that colours it."""

    name: str
    points: tuple[tuple[float, float], ...]


def plot(title: str, unit: str, series: Sequence[Series]) -> str:
    """Return lines over the height of a print in mm."""
    xs = [x for each in series for x, _ in each.points] or [0.0]
    ys = [y for each in series for _, y in each.points] or [0.0]
    wide, high = max(*xs, 0.001), max(*ys, 0.001)
    lines = "".join(_line(each, wide, high) for each in series)
    labels = (
        _text(_LEFT - 4, 16, f"{high:.3g}", "end")
        + _text(_LEFT - 4, _HEIGHT - _BOTTOM, "0", "end")
        + _text(_WIDTH - 4, _HEIGHT - 6, f"{wide:.4g} mm", "end")
        + _text(_LEFT + 4, 12, f"{title}, {unit}", "start")
    )
    axes = f'<path class="axis" d="M{_LEFT} 8V{_HEIGHT - _BOTTOM}H{_WIDTH - 4}"/>'
    return _svg(_WIDTH, _HEIGHT, f"{title} over height", axes + lines + labels)


def _line(series: Series, wide: float, high: float) -> str:
    across, up = _WIDTH - _LEFT - 8, _HEIGHT - _BOTTOM - 20
    points = " ".join(
        f"{_LEFT + x / wide * across:.1f},{_HEIGHT - _BOTTOM - y / high * up:.1f}"
        for x, y in series.points
    )
    return f'<polyline class="{escape(series.name)}" points="{points}"/>'


def layer_pictures(view: LayerView) -> str:
    """Return a layer before and after, side by side; the colour of a line is its speed."""
    top = max(fastest(view.before), fastest(view.after), 1)
    pictures = "".join(
        f"<figure><figcaption>{name}</figcaption>{_layer(view, lines, top)}</figure>"
        for name, lines in (("before", view.before), ("after", view.after))
    )
    return f'<div class="pair">{pictures}</div>{_legend(top)}'


def _layer(view: LayerView, lines: Sequence[Line], top: int) -> str:
    x, y, wide, high = extent(view)
    scale = (_PICTURE - 12) / max(wide, high)
    paths: dict[int, list[str]] = defaultdict(list)
    for each in lines:
        points = zip(each.points[::2], each.points[1::2], strict=True)
        drawn = "L".join(
            f"{6 + (px - x) * scale:.1f} {6 + (y + high - py) * scale:.1f}" for px, py in points
        )
        paths[_shade(each.speed_um_s, top)].append(f"M{drawn}")
    body = "".join(
        f'<path class="laid" stroke="{_SHADES[shade]}" d="{"".join(drawn)}"/>'
        for shade, drawn in sorted(paths.items())
    )
    size = (round(wide * scale) + 12, round(high * scale) + 12)
    return _svg(*size, f"the layer at {view.z_um / 1000:g} mm", body)


def _shade(speed: int, top: int) -> int:
    return min(len(_SHADES) - 1, speed * len(_SHADES) // (top + 1))


def _legend(top: int) -> str:
    step = top / len(_SHADES) / 1000
    marks = "".join(
        f'<span><i style="background:{shade}"></i>{step * number:.0f}</span>'
        for number, shade in enumerate(_SHADES)
    )
    return f'<p class="legend">mm/s from {marks}</p>'


def _svg(width: int, height: int, label: str, body: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(label)}">{body}</svg>'
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'
