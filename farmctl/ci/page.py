"""The report as one HTML page that needs nothing else: no network, no script, no font. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from farmctl.ci.cases import Key
from farmctl.ci.layer_view import LayerView
from farmctl.ci.page_style import STYLE
from farmctl.ci.plots import Series, layer_pictures, plot
from farmctl.ci.report import Report, Result, Row, Side
from farmctl.ci.words import (
    OVERVIEW,
    SETTINGS,
    biggest,
    figure_cells,
    figure_heads,
    headline,
    mends_of,
    notes_of,
    overview_cells,
    problems_of,
    setting_cells,
    title,
    touched_lines,
    unchanged_said,
)

# Whatever a stranger wrote into a profile, nothing is loaded and nothing runs.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(report: Report, views: Mapping[Key, LayerView]) -> str:
    """Return the whole page.

    Args:
        report: What is said.
        views: A layer for some of the results, by the key of what came after the change.
    """
    verdict = "good" if report.is_good else "wrong"
    body = [
        f'<h1 class="{verdict}">farmctl ci: {escape(headline(report))}</h1>',
        _between(report),
        *_list("What changed", report.changes),
        *_settings(report),
        *_list("Not looked at", (f"{e.where}: {e.message}: {e.mend}" for e in report.problems)),
        *_overview(report),
        *_list("Baselines written", report.updated),
    ]
    if report.results:
        body += _list("What a merge would touch", touched_lines(report.touched))
        body.append("<h2>Each golden model</h2>")
    for number, each in enumerate(report.results):
        body.append(_result(each, views.get(each.pair.after.key), is_open=number == 0))
    return _whole("\n".join(body))


def _between(report: Report) -> str:
    base, head = (f"<code>{escape(each[:12])}</code>" for each in (report.base, report.head))
    return f'<p class="quiet">{base} → {head}</p>'


def _said(text: str) -> str:
    """Return a text as HTML, a number never apart from its unit."""
    return escape(text).replace(" %", "&nbsp;%")


def _whole(body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>farmctl ci</title><style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _list(heading: str, lines: Iterable[str]) -> Iterator[str]:
    rows = "".join(f"<li>{escape(each)}</li>" for each in lines)
    if rows:
        yield f"<h2>{escape(heading)}</h2><ul>{rows}</ul>"


def _settings(report: Report) -> Iterator[str]:
    if report.settings:
        rows = ((None, setting_cells(each, len(each.where))) for each in report.settings)
        yield f"<h2>Settings</h2>{_table(SETTINGS, rows, numbers=(1, 2))}"


def _overview(report: Report) -> Iterator[str]:
    if report.results:
        rows = ((each.status.value, overview_cells(each)) for each in report.results)
        yield f"<h2>What golden models come to</h2>{_table(OVERVIEW, rows, numbers=(2, 3, 4))}"
    mends = "".join(f"<li>{escape(each)}</li>" for each in mends_of(report.results))
    if mends:
        yield f"<ul>{mends}</ul>"


def _result(result: Result, view: LayerView | None, *, is_open: bool) -> str:
    wrong = "".join(f'<li class="wrong">{_said(what)}</li>' for what, _ in problems_of(result))
    notes = "".join(f"<li>{escape(note)}</li>" for note in notes_of(result))
    said = f"<ul>{wrong}{notes}</ul>" if wrong or notes else ""
    return (
        f"<details{' open' if is_open else ''}>"
        f'<summary><b class="{result.status.value}">{escape(title(result))}</b>: '
        f"{_said(biggest(result))}</summary>"
        f"{said}{_figures(result)}{_plots(result)}{_layer(result, view)}</details>"
    )


def _figures(result: Result) -> str:
    """Return the figures that are others, and below, folded away, those that are as before."""
    rest = [each for each in result.rows if each.before == each.after]
    folded = ""
    if rest:
        words = escape(unchanged_said(rest))
        folded = f"<details><summary>{words}</summary>{_rows(result, rest)}</details>"
    return _rows(result, result.changed) + folded


def _rows(result: Result, rows: Sequence[Row]) -> str:
    breached = {each.figure for each in result.breaches}
    marked = (
        ("wrong" if each.name in breached else None, figure_cells(result, each)) for each in rows
    )
    heads = figure_heads(result)
    return _table(heads, marked, numbers=range(1, len(heads))) if rows else ""


def _plots(result: Result) -> str:
    sides = [("before", result.before), ("after", result.after)]
    there = [(name, side) for name, side in sides if side is not None and side.layers]
    if not there:
        return ""
    times = [Series(name, _over_height(side, "time_ms")) for name, side in there]
    flows = [Series(name, _over_height(side, "max_flow_nl_s")) for name, side in there]
    drawn = plot("time of each layer", "s", times)
    differ = _time_differs(times) if len(times) == 2 else ()
    if differ:
        drawn += plot("change of that time", "%", [Series("after", differ)])
    drawn += plot("highest flow", "mm³/s", flows)
    marks = "".join(f'<span><i class="{name}"></i>{name}</span>' for name, _ in there)
    return f'<div class="pair">{drawn}</div><p class="legend">{marks}</p>'


def _over_height(side: Side, name: str) -> tuple[tuple[float, float], ...]:
    return tuple((each.z_um / 1000, getattr(each, name) / 1000) for each in side.layers)


def _time_differs(times: Sequence[Series]) -> tuple[tuple[float, float], ...]:
    """Return by how many percent each layer takes longer, where one was at that height before."""
    before, after = (dict(each.points) for each in times)
    return tuple((z, 100 * (after[z] / before[z] - 1)) for z in after if before.get(z))


def _layer(result: Result, view: LayerView | None) -> str:
    if view is None:
        return ""
    said = (_time_at(result.before, view.z_um), _time_at(result.after, view.z_um))
    top = f"<p>The layer that changed most, at {view.z_um / 1000:g} mm, seen from above:</p>"
    return top + layer_pictures(view, said)


def _time_at(side: Side | None, z_um: int) -> str:
    layers = side.layers if side is not None else ()
    return next((f"{each.time_ms / 1000:.1f} s" for each in layers if each.z_um == z_um), "")


def _table(
    heads: Sequence[str],
    rows: Iterable[tuple[str | None, Sequence[str]]],
    *,
    numbers: Sequence[int],
) -> str:
    """Return a table that scrolls by itself where the window is narrow.

    Args:
        heads: What stands above each column.
        rows: The class of each row, and its cells.
        numbers: Which columns are set to the right; the one behind them may be long.
    """
    of_column = [' class="number"' if number in numbers else "" for number in range(len(heads))]
    behind = max(numbers) + 1
    if behind < len(heads):
        of_column[behind] = ' class="long"'
    top = "".join(f"<th{c}>{escape(h)}</th>" for h, c in zip(heads, of_column, strict=True))
    body = "".join(_row(kind, cells, of_column) for kind, cells in rows)
    return (
        f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _row(kind: str | None, cells: Sequence[str], of_column: Sequence[str]) -> str:
    inside = "".join(f"<td{c}>{_said(each)}</td>" for each, c in zip(cells, of_column, strict=True))
    return f'<tr class="{kind}">{inside}</tr>' if kind else f"<tr>{inside}</tr>"
