"""Whether dbt can read what an environment document composes to: one project is the project of all pipelines.

Each pipeline ships and goes back alone, and its models may read another one's. A project in which one of
these is gone is read by nobody: neither by the next release, nor by the next run of any pipeline. No release
writes a version of the document that dbt has not read, and no rollback begins that would leave such a one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slipway.catalog.dbt_folders import DBT_PROJECT, dbt_folder
from slipway.environment.composition import Compositions, composition_digest
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.errors import UsageError
from slipway.model.parts import PartId
from slipway.model.pipeline import PartKind
from slipway.ports.documents import EnvironmentDocuments
from slipway.ports.journal import Deployment
from slipway.rollout.change import Change
from slipway.rollout.dbt_runs import DbtRuns
from slipway.rollout.deployments import AnotherUnderWay
from slipway.rollout.planned import plan_of
from slipway.stages import StageFailed

_LOOK_BACK: Final = 30
"""How many versions of the document are asked whether they composed to the same."""


class LeftUnreadable(UsageError):  # noqa: N818 - it says what is the case
    """A way back after which dbt could read nobody's models."""


class RestsOnOpen(AnotherUnderWay):
    """A release that reads what another one has brought, of which nobody knows yet whether it stays."""


@dataclass(frozen=True, kw_only=True)
class ReadableProjects:
    """Has dbt read projects.

    Attributes:
        documents: what ran before was read before.
        compositions: lays workspaces out.
        dbt: reads.
    """

    documents: EnvironmentDocuments
    compositions: Compositions
    dbt: DbtRuns

    def refuse_unreadable(
        self, environment: Environment, entries: tuple[Entry, ...], parts: tuple[PartId, ...]
    ) -> None:
        """Refuse entries that compose to a project which dbt cannot read.

        Args:
            environment: where they are to run.
            entries: all of the next document.
            parts: those that change; where none is dbt's nothing is read.

        Raises:
            StageFailed: dbt cannot read it; the message is dbt's.
        """
        if not any(part.kind is PartKind.DBT for part in parts):
            return
        folder = self.compositions.of(entries)
        project = project_of(folder)
        if project is None or self.dbt.has_read(folder / project) or self._ran(environment, entries):
            return
        self.dbt.manifest(folder / project)

    def refuse_leaving(
        self, environment: Environment, entries: tuple[Entry, ...], parts: tuple[PartId, ...]
    ) -> None:
        """Refuse a way back that leaves such a project, before anything is touched.

        Raises:
            LeftUnreadable: dbt could not read it.
        """
        try:
            self.refuse_unreadable(environment, entries, parts)
        except StageFailed as failed:
            gone = ", ".join(str(part) for part in parts if part.kind is PartKind.DBT)
            raise LeftUnreadable(
                f"dbt cannot read what would be left of {environment} without this {gone}: {failed.message}",
                remedy="take back first the release of the pipeline that dbt names: "
                f"slipway rollback PIPELINE -s {environment}",
            ) from failed

    def refuse_resting_on(
        self, others: Iterable[Deployment], document: EnvironmentDocument, change: Change
    ) -> None:
        """Refuse a change that dbt could read no more once a deployment that is under way is taken back.

        Args:
            others: what is under way in the environment.
            document: what runs there, with what they have written of it so far.
            change: what is to go in.

        Raises:
            RestsOnOpen: it reads what one of them has brought, and that may still go.
        """
        after = document.with_entries(change.entries, deployment="", without=change.removed)
        for head in others:
            theirs = plan_of(head).change
            if theirs is None or not theirs.is_in(document) or theirs.back.applied(after) == after.entries:
                continue
            try:
                self.refuse_unreadable(document.environment, theirs.back.applied(after), change.parts)
            except StageFailed as failed:
                raise RestsOnOpen(
                    f"it rests on deployment {head.id}, which is under way in {document.environment} and may "
                    f"go back: {failed.message}",
                    remedy=f"wait until that has ended (slipway rollout tick -s {document.environment} "
                    "continues it), then run this again",
                ) from failed

    def _ran(self, environment: Environment, entries: tuple[Entry, ...]) -> bool:
        """Whether an earlier version composed to the very same: a way back that is alone leads there."""
        newest = self.documents.newest(environment)
        if newest is None:
            return False
        wanted = composition_digest(entries)
        versions = range(newest.version, max(0, newest.version - _LOOK_BACK), -1)
        found = (self.documents.version(environment, version) for version in versions)
        return any(each is not None and composition_digest(each.entries) == wanted for each in found)


def project_of(folder: Path) -> str | None:
    """The folder of the workspace's dbt project, by the rule of the checks; None where it has none.

    Raises:
        ProjectUnclear: it has several: which one a release means cannot be told.
    """
    found = [path.relative_to(folder).as_posix() for path in folder.rglob(DBT_PROJECT)]
    return dbt_folder(found) if found else None
