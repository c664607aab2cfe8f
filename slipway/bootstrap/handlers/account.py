"""`check-account`: the credentials are of the account that the stack file names."""

from dataclasses import dataclass

from slipway.bootstrap.ground import Ground
from slipway.bootstrap.stages import CheckAccount
from slipway.stages import Done, Handler, Observed, Progress, Run, StageFailed, Untouched
from slipway.stages.handler import Outputs


@dataclass(frozen=True, kw_only=True)
class CheckAccountHandler(Handler[CheckAccount]):
    """Asks STS."""

    ground: Ground

    def describe(self, stage: CheckAccount) -> str:
        """Name the account."""
        return f"refuse unless the credentials are of account {stage.target}, as aws:allowedAccountIds says"

    def observe(self, stage: CheckAccount, run: Run) -> Observed:  # noqa: ARG002 - a handler's signature
        """It only looks: look again."""
        return Untouched()

    def do(self, stage: CheckAccount, run: Run) -> Progress:
        """Compare."""
        caller = self.ground.identity.caller()
        if caller.account != stage.target:
            raise StageFailed(
                f"these credentials are of account {caller.account} ({caller.arn}), "
                f"and Pulumi.{run.stack}.yaml says {stage.target} (aws:allowedAccountIds)",
                remedy=f"use credentials of {stage.target}, or name a role of it to take: --role ROLE",
            )
        return Done({"account": caller.account})

    def undo(self, stage: CheckAccount, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Nothing was changed."""
        return Done()
