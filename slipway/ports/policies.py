"""The policies of a platform: what rules there are, what they say of a stack, what is exempt."""

from pathlib import Path
from typing import Protocol

from slipway.model.errors import DefinitionError
from slipway.model.policy_report import PolicyPack, PolicyReport, PolicyRules, PolicyWaivers


class PolicyError(DefinitionError):
    """Rules, waivers, configuration or state cannot be read, or a rule failed."""


class Policies(Protocol):
    """Judges without an engine."""

    def rules(self, pack: PolicyPack, configuration: Path | None) -> PolicyRules:
        """Tell every rule, as it holds in a pack.

        Args:
            pack: which.
            configuration: a file in the format of `--policy-pack-config` over the pack's own; None for none.

        Raises:
            PolicyError: a file that decides is malformed.
        """
        ...

    def judge(self, pack: PolicyPack, configuration: Path | None, state: Path) -> PolicyReport:
        """Judge what `pulumi stack export` wrote.

        Raises:
            PolicyError: a file is malformed, or a rule failed.
        """
        ...

    def waivers(self) -> PolicyWaivers:
        """Tell every exemption.

        Raises:
            PolicyError: the waivers are malformed.
        """
        ...
