"""Policies that say of a state what a test has them say."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from slipway.model.digest import Digest
from slipway.model.policy_report import (
    PolicyFinding,
    PolicyLevel,
    PolicyPack,
    PolicyReport,
    PolicyRules,
    PolicyWaivers,
    Severity,
)
from slipway.ports.policies import Policies

RULE = "required-tags"
_DIGEST = Digest(f"sha256:{'0' * 64}")


@dataclass
class Judged(Policies):
    """Judges states.

    Attributes:
        refuses: whether a mandatory rule is violated by every resource.
        packs: by which it was asked.
    """

    refuses: bool = False
    packs: list[PolicyPack] = field(default_factory=list)

    def rules(self, pack: PolicyPack, configuration: Path | None) -> PolicyRules:
        raise AssertionError((pack, configuration))

    def waivers(self) -> PolicyWaivers:
        raise AssertionError

    def judge(self, pack: PolicyPack, configuration: Path | None, state: Path) -> PolicyReport:
        assert configuration is None
        self.packs.append(pack)
        resources = json.loads(state.read_bytes())["deployment"]["resources"]
        urns = [each["urn"] for each in resources if each["custom"]] if self.refuses else []
        return PolicyReport(
            pack=pack,
            digest=_DIGEST,
            rules=1,
            resources=len(resources),
            findings=tuple(_finding(urn) for urn in urns),
            undecided=(),
            waivers=(),
        )


def _finding(urn: str) -> PolicyFinding:
    return PolicyFinding(
        rule=RULE,
        severity=Severity.HIGH,
        level=PolicyLevel.MANDATORY,
        urn=urn,
        message="it has no tags",
        remedy="give it tags",
        waiver=None,
    )
