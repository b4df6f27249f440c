"""What `doctor` found: the verdict first, then what is to mend, then what is fine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from farmctl.farm.care.finding import Check, Level

_MARKS = {Level.FAIL: "✗", Level.WARN: "!", Level.OK: "✓"}


def doctor_lines(found: Sequence[Check]) -> Iterator[str]:
    """Yield one verdict, then each check with its mend below it."""
    of = {level: [each for each in found if each.level is level] for level in Level}
    said = [f"{len(of[Level.OK])} fine"]
    if of[Level.WARN]:
        said.append(f"{len(of[Level.WARN])} to watch")
    if of[Level.FAIL]:
        said.append(f"{len(of[Level.FAIL])} to mend")
    yield ", ".join(said)
    width = max((len(each.subject) for each in found), default=0)
    for level in (Level.FAIL, Level.WARN, Level.OK):
        for each in of[level]:
            yield f" {_MARKS[level]} {each.area:<9} {each.subject:<{width}}  {each.message}"
            if each.mend and level is not Level.OK:
                yield f"   {'':<9} {'':<{width}}  mend: {each.mend}"
