"""What goes wrong, each as something that can be made to happen on a stage."""

from __future__ import annotations

from farmctl.soak.faults_at_machines import FAULTS_AT_MACHINES
from farmctl.soak.faults_of_git import FAULTS_OF_GIT
from farmctl.soak.faults_of_hosts import FAULTS_OF_HOSTS
from farmctl.soak.faults_of_ledger import FAULTS_OF_LEDGER
from farmctl.soak.faults_of_people import FAULTS_OF_PEOPLE
from farmctl.soak.stage import Stage
from farmctl.soak.strike import Catalogue, Strike
from farmctl.soak.wire import Fate


def _on_the_line(fate: Fate) -> Strike:
    async def strike(stage: Stage, name: str) -> None:
        stage.fates[name].append(fate)

    return strike


async def _unplugged(stage: Stage, name: str) -> None:
    wire = stage.wires[name]
    wire.is_up = not wire.is_up
    wire.hang_up()


FAULTS: Catalogue = {
    "request lost": _on_the_line(Fate.REQUEST_LOST),
    "reply lost": _on_the_line(Fate.REPLY_LOST),
    "request late": _on_the_line(Fate.LATE),
    "request doubled": _on_the_line(Fate.DOUBLED),
    "no sense": _on_the_line(Fate.NO_SENSE),
    "refused": _on_the_line(Fate.REFUSED),
    "unplugged": _unplugged,
    **FAULTS_AT_MACHINES,
    **FAULTS_OF_HOSTS,
    **FAULTS_OF_LEDGER,
    **FAULTS_OF_GIT,
    **FAULTS_OF_PEOPLE,
}
"""By the name that people give them."""

FARM_WIDE = frozenset(
    {**FAULTS_OF_HOSTS, **FAULTS_OF_LEDGER, **FAULTS_OF_GIT}
    | dict.fromkeys(("profile held", "farm held", "holds lifted"))
)
"""Those that strike every printer at once, wherever its run stands."""

LASTING = ("unplugged", "printer swapped", "false reconnect")
"""Those that last until they strike once more."""
