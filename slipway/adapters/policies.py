"""The policies of a platform folder, asked in a process of their own: they may be another revision's."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from slipway.model.policy_report import PolicyPack, PolicyReport, PolicyRules, PolicyWaivers
from slipway.ports.policies import Policies, PolicyError

_SECONDS: Final = 300


class FolderPolicies(Policies):
    """Runs `python -m policies` of a folder.

    Args:
        platform: the folder that has `policies/` in it.
    """

    def __init__(self, platform: Path) -> None:
        self._platform = platform.resolve()

    def rules(self, pack: PolicyPack, configuration: Path | None) -> PolicyRules:
        """Ask for the rules."""
        return PolicyRules.model_validate(self._ask("rules", *_options(pack, configuration)))

    def judge(self, pack: PolicyPack, configuration: Path | None, state: Path) -> PolicyReport:
        """Have a state judged."""
        options = (*_options(pack, configuration), "--state", str(state.resolve()))
        return PolicyReport.model_validate(self._ask("judge", *options))

    def waivers(self) -> PolicyWaivers:
        """Ask for the exemptions."""
        return PolicyWaivers.model_validate(self._ask("waivers"))

    def _ask(self, *arguments: str) -> Any:
        ended = subprocess.run(
            [sys.executable, "-m", "policies", *arguments],
            cwd=self._platform,
            env={**os.environ, "PYTHONPATH": str(self._platform)},
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
        try:
            told = json.loads(ended.stdout)
            if "error" in told:
                raise PolicyError(told["error"], remedy=told["remedy"])
        except (ValueError, TypeError, ValidationError) as error:
            said = ended.stderr.strip().splitlines()
            raise PolicyError(
                f"the policies of {self._platform} cannot be run: {said[-1] if said else error}",
                remedy="python -m policies rules, in that folder, tells what is wrong with them",
            ) from error
        return told


def _options(pack: PolicyPack, configuration: Path | None) -> tuple[str, ...]:
    own = () if configuration is None else ("--config", str(configuration.resolve()))
    return ("--pack", pack.value, *own)
