"""What `slipway deploy` and `slipway rollback` give Pulumi's policies, judged by the rule that reads it."""

import json
from collections.abc import Callable

import pytest

from policies.operation import WorkspaceFolder
from policies.rules.approval import APPROVED_COMPOSITION, ApprovalLimits
from policies.rules.rule import Operation
from slipway.attest.dossier import INDEX, DossierIndex
from slipway.model.environment import Environment
from slipway.ports.stack_engine import Program
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import Place
from tests.doubles.desk import MemoryDesk
from tests.doubles.dossiers import PROGRAM
from tests.doubles.workspace_folder import FILES
from tests.policies.judged import judge_of

Places = dict[Environment, Place]
ENTRY = "catalog/revenue.yaml"
CHANGED = {ENTRY: FILES[ENTRY].replace("Revenue per month.", "Revenue a month.")}


@pytest.fixture
def release(slipway: Slipway, ship: Callable[..., str], places: Places, desk: MemoryDesk) -> str:
    """A new catalog entry of revenue in staging, where Henrik has approved it and all was bootstrapped."""
    assert slipway("release", "bootstrap", "-s", "staging").code == 0
    made = ship(**CHANGED)
    assert slipway("deploy", made, "-s", "dev").code == 0
    explained = slipway("deploy", made, "-s", "staging", "--explain", "--format", "json")
    effects = json.loads(explained.out)["effects_digest"]
    desk.identity.person = "henrik.olsen"
    assert slipway("approve", made, "-s", "staging", "--effects", effects).code == 0
    desk.identity.person = "grace.kim"
    ended = slipway("deploy", made, "-s", "staging")
    assert ended.code == 0, ended.err
    assert places[Environment.STAGING].stack.programs
    return made


def _judged(program: Program, desk: MemoryDesk) -> list[str]:
    assert program.dossier is not None
    files = (path for path in program.dossier.rglob("*") if path.is_file())
    operation = Operation(
        urn="urn:pulumi:staging::slipway::pulumi:pulumi:Stack::slipway-staging",
        workspace=WorkspaceFolder(program.workspace),
        links=(),
        allowed=PROGRAM,
        program=PROGRAM,
        dossier={path.relative_to(program.dossier).as_posix(): path.read_bytes() for path in files},
        keys=desk.trusted,
        now=desk.clock.now(),
    )
    found = judge_of().operation(APPROVED_COMPOSITION, operation, ApprovalLimits())
    return [each.message for each in found]


def test_a_deployment_proves_who_approved_it(release: str, places: Places, desk: MemoryDesk) -> None:
    """Nothing is missing in what is written, and a changed file is found."""
    (program,) = places[Environment.STAGING].stack.programs
    assert _judged(program, desk) == []
    assert program.dossier is not None
    index = DossierIndex.model_validate_json((program.dossier / INDEX).read_bytes())
    assert (index.release[7:19], index.leaves, index.deployer[-9:]) == (release, False, "grace.kim")
    (program.workspace / ENTRY).write_text(FILES[ENTRY], encoding="utf-8")
    (message,) = _judged(program, desk)
    assert message.startswith(f"revenue/entry on disk ({ENTRY}) is ")


def test_a_way_back_is_covered_by_the_release_that_it_leaves(
    slipway: Slipway, release: str, places: Places, desk: MemoryDesk
) -> None:
    """By somebody who could not approve it, after its approval has ended."""
    desk.clock.wait(100 * 24 * 3600)
    desk.identity.person = "ben.okoro"
    ended = slipway("rollback", "revenue", "-s", "staging")
    assert ended.code == 0, ended.err
    _, program = places[Environment.STAGING].stack.programs
    assert _judged(program, desk) == []
    assert program.dossier is not None
    index = DossierIndex.model_validate_json((program.dossier / INDEX).read_bytes())
    assert (index.release[7:19], index.leaves) == (release, True)


def test_dev_asks_nobody(slipway: Slipway, ship: Callable[..., str], places: Places) -> None:
    """The rule has nothing to say of dev, whatever is written for it."""
    assert slipway("deploy", ship(**CHANGED), "-s", "dev").code == 0
    (program,) = places[Environment.DEV].stack.programs
    operation = Operation(
        urn="urn:pulumi:dev::slipway::pulumi:pulumi:Stack::slipway-dev",
        workspace=WorkspaceFolder(program.workspace),
        links=(),
        allowed=PROGRAM,
        program=PROGRAM,
        dossier=None,
        keys=places[Environment.DEV].desk.trusted,
        now=places[Environment.DEV].desk.clock.now(),
    )
    assert judge_of().operation(APPROVED_COMPOSITION, operation, ApprovalLimits()) == []
