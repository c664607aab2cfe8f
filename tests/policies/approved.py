"""What the approval rule says of an operation that a test writes down."""

from collections.abc import Callable
from typing import Any

import pytest

from policies.rules.approval import APPROVED_COMPOSITION, ApprovalLimits
from policies.rules.rule import Operation
from tests.cli.releases.tampering import edit
from tests.doubles.dossiers import PROGRAM, DossierScene
from tests.policies.judged import judge_of


def operation_of(scene: DossierScene, stack: str = "prod", **changes: Any) -> Operation:
    """An update of a stack, with fields changed."""
    given: dict[str, Any] = {
        "urn": f"urn:pulumi:{stack}::slipway::pulumi:pulumi:Stack::slipway-{stack}",
        "workspace": scene.workspace,
        "links": (),
        "dossier": scene.files,
        "allowed": PROGRAM,
        "program": PROGRAM,
        "keys": scene.keys,
        "now": scene.now,
    }
    return Operation(**{**given, **changes})


def told(operation: Operation, **limits: Any) -> list[str]:
    """Every message; each is of the stack, and nothing exempts from it."""
    found = judge_of().operation(APPROVED_COMPOSITION, operation, ApprovalLimits(**limits))
    assert all(each.urn == operation.urn and each.waiver is None for each in found)
    return [each.message for each in found]


def one(scene: DossierScene, **changes: Any) -> str:
    """The only message."""
    messages = told(operation_of(scene, **changes))
    if len(messages) != 1:
        pytest.fail(f"one message was expected, not {messages}")
    return messages[0]


def unsigned(content: bytes) -> bytes:
    """An envelope without its signatures."""
    head, _, rest = content.partition(b'"signatures":[')
    return head + b'"signatures":[]' + rest[rest.rindex(b"]") + 1 :]


BROKEN: list[tuple[Callable[[bytes], bytes], str]] = [
    (unsigned, "is not signed"),
    (lambda content: content[:-1], "is not in a DSSE envelope"),
    (lambda content: edit(content, b'"base":"b', b'"base":"c'), "was changed after it was signed"),
]
"""How an envelope is broken, and what is said of it."""
