"""What happened since a moment, in one line."""

from __future__ import annotations

from farmctl.farm.asking.since import Happened


def since_line(since: str, found: Happened) -> str:
    """Return `since 20:00: 31 prints, 29 completed, 1 failed · 148 parts · 2.9 kg`."""
    total = sum(found.prints.values())
    if not total:
        return f"since {since}: no print ended"
    ended = [f"{count} {state}" for state, count in found.prints.items()]
    said = [", ".join([f"{total} print{'s' * (total > 1)}", *ended])]
    bad = f", {found.bad} bad" if found.bad else ""
    said.append(f"{found.good} good part{'s' * (found.good != 1)}{bad}")
    said.append(_weight(found.filament_g))
    said += [f"{count} × {reason}" for reason, count in found.reasons.items()]
    return f"since {since}: {' · '.join(said)}"


def _weight(grams: float) -> str:
    if grams >= 1000:
        return f"{grams / 1000:.1f} kg"
    return f"{grams:.0f} g" if grams >= 10 else f"{grams:.1f} g"
