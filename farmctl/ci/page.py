"""The report as one HTML page that needs nothing else: no network, no script, no font. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from farmctl.ci.cases import Key
from farmctl.ci.layer_view import LayerView
from farmctl.ci.plots import Series, layer_pictures, plot
from farmctl.ci.report import Report, Result, Side, Status
from farmctl.ci.words import (
    biggest,
    headline,
    notes_of,
    problems_of,
    row_cells,
    title,
    touched_lines,
)

_STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:68rem;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse;margin:.5rem 0}
td,th{padding:.15rem .7rem;text-align:left;border-bottom:1px solid #8884}
td.number{text-align:right;font-variant-numeric:tabular-nums}
details{border:1px solid #8885;border-radius:.4rem;margin:.5rem 0;padding:.4rem .8rem}
summary{cursor:pointer}.failed>summary,.breached>summary{font-weight:600}
.wrong{color:#c62828}.good{color:#2e7d32}.pair{display:flex;flex-wrap:wrap;gap:1rem}
figure{margin:0}svg{max-width:100%;height:auto}
svg text{font:11px system-ui,sans-serif;fill:currentColor}
polyline{fill:none;stroke-width:1.6}.before{stroke:#8889;stroke-width:4}.after{stroke:#d9480f}
.axis{fill:none;stroke:currentColor;opacity:.5}.laid{fill:none;stroke-width:1.1}
.legend span{margin-right:.6rem}.legend i{display:inline-block;width:.8rem;height:.8rem}
"""
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
        f"<p><code>{escape(report.base[:12])}</code> → <code>{escape(report.head[:12])}</code></p>",
        *_list("What changed", report.changes),
        *_settings(report),
        *_list("Not looked at", (f"{e.where}: {e.message}: {e.mend}" for e in report.problems)),
        *(
            _list("What a merge would touch", touched_lines(report.touched))
            if report.results
            else ()
        ),
        *_list("Baselines written", report.updated),
    ]
    if report.results:
        body.append("<h2>What golden models come to</h2>")
    body += [_result(each, views.get(each.pair.after.key)) for each in report.results]
    return _whole("\n".join(body))


def _whole(body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>farmctl ci</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _list(heading: str, lines: Iterable[str]) -> Iterator[str]:
    rows = "".join(f"<li>{escape(each)}</li>" for each in lines)
    if rows:
        yield f"<h2>{escape(heading)}</h2><ul>{rows}</ul>"


def _settings(report: Report) -> Iterator[str]:
    rows = [
        (each.group.value, each.key, each.before or "-", each.after or "-", ", ".join(each.where))
        for each in report.settings
    ]
    if rows:
        heads = ("Affects", "Setting", "Before", "After", "Where")
        yield f"<h2>Settings</h2>{_table(heads, rows, numbers=False)}"


def _result(result: Result, view: LayerView | None) -> str:
    is_open = " open" if result.status in (Status.FAILED, Status.BREACHED) else ""
    wrong = "".join(
        f'<li><b class="wrong">{escape(what)}</b> {escape(mend)}</li>'
        for what, mend in problems_of(result)
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in notes_of(result))
    return (
        f'<details class="{result.status.value}"{is_open}>'
        f"<summary>{escape(title(result))}: {escape(biggest(result))}</summary>"
        f"<ul>{wrong}{notes}</ul>{_figures(result)}{_plots(result)}"
        f"{_layer(view)}</details>"
    )


def _figures(result: Result) -> str:
    rows = [row_cells(each) for each in result.rows]
    heads = ("Figure", "Before", "After", "Change", (result.held.source or "baseline").capitalize())
    return _table(heads, rows, numbers=True) if rows else ""


def _plots(result: Result) -> str:
    sides = [("before", result.before), ("after", result.after)]
    there = [(name, side) for name, side in sides if side is not None and side.layers]
    if not there:
        return ""
    times = [Series(name, _over_height(side, "time_ms")) for name, side in there]
    flows = [Series(name, _over_height(side, "max_flow_nl_s")) for name, side in there]
    drawn = plot("time of each layer", "s", times) + plot("highest flow", "mm³/s", flows)
    return f'<div class="pair">{drawn}</div>'


def _over_height(side: Side, name: str) -> tuple[tuple[float, float], ...]:
    return tuple((each.z_um / 1000, getattr(each, name) / 1000) for each in side.layers)


def _layer(view: LayerView | None) -> str:
    if view is None:
        return ""
    return f"<p>The layer at {view.z_um / 1000:g} mm:</p>{layer_pictures(view)}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool) -> str:
    mark = ' class="number"' if numbers else ""
    top = "".join(f"<th>{escape(each)}</th>" for each in heads)
    lines = "".join(
        f"<tr><td>{escape(row[0])}</td>"
        + "".join(f"<td{mark}>{escape(each)}</td>" for each in row[1:])
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"
