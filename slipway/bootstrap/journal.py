"""The journal of a bootstrap lasts as long as its process.

There is no table yet in which one could be kept, and a file on the machine of whoever began would be unknown
to whoever continues. What was done is asked of CloudFormation, which keeps it: every stage looks first, so a
plan that is begun again from its first stage does nothing twice. The engine needs a journal for its way back
only, within one run.
"""

from slipway.model.environment import Environment
from slipway.model.events import DeploymentId
from slipway.ports.journal import Deployment, Journal, StageName, StageRow


class RunJournal(Journal):
    """Rows of one run; nobody else can write to it, so there is nothing to fence."""

    def __init__(self) -> None:
        self._heads: dict[DeploymentId, Deployment] = {}
        self._rows: dict[tuple[DeploymentId, StageName], StageRow] = {}

    def deployment(self, id_: DeploymentId) -> Deployment | None:
        """The head of this run."""
        return self._heads.get(id_)

    def save(self, deployment: Deployment) -> None:
        """Keep the head."""
        self._heads[deployment.id] = deployment

    def rows(self, id_: DeploymentId) -> tuple[StageRow, ...]:
        """The newest row of each stage."""
        return tuple(row for (run, _), row in self._rows.items() if run == id_)

    def write(self, row: StageRow) -> None:
        """Keep a row."""
        self._rows[row.deployment, row.stage] = row

    def open(self, environment: Environment) -> tuple[Deployment, ...]:
        """The run, while it has not ended."""
        heads = self._heads.values()
        return tuple(
            each for each in heads if each.stack.environment is environment and each.conclusion is None
        )

    def unseen(self, environment: Environment) -> tuple[Deployment, ...]:  # noqa: ARG002 - the port's signature
        """A bootstrap sees everything that it does."""
        return ()
