"""A journal in a folder: one file a deployment, replaced whole at each write.

For what is carried out before there is a table to keep it in, and by one process at a time: nothing here
fences a second one off. Whoever uses it says what does.
"""

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from slipway.model.environment import Environment
from slipway.model.events import DeploymentId
from slipway.model.frozen import Frozen
from slipway.ports.journal import Deployment, Journal, JournalStoreError, StageRow


class _Written(Frozen):
    head: Deployment
    rows: tuple[StageRow, ...] = ()


_FILES: TypeAdapter[_Written] = TypeAdapter(_Written)


class FileJournal(Journal):
    """Deployments in a folder, which is made when the first is written.

    Args:
        folder: of the files; only the owner of the process reads them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deployment(self, id_: DeploymentId) -> Deployment | None:
        """Read the head."""
        written = self._read(id_)
        return None if written is None else written.head

    def save(self, deployment: Deployment) -> None:
        """Write the head; rows stay."""
        self._write(_Written(head=deployment, rows=self.rows(deployment.id)))

    def rows(self, id_: DeploymentId) -> tuple[StageRow, ...]:
        """Read the newest row of each stage."""
        written = self._read(id_)
        return () if written is None else written.rows

    def write(self, row: StageRow) -> None:
        """Write a row in place of the stage's earlier one."""
        written = self._read(row.deployment)
        if written is None:
            raise JournalStoreError(
                f"{self._path(row.deployment)} is gone: what is done could not be written down",
                remedy="let nobody clean that folder while this runs, then run the same command again",
            )
        others = tuple(each for each in written.rows if each.stage != row.stage)
        self._write(_Written(head=written.head, rows=(*others, row)))

    def open(self, environment: Environment) -> tuple[Deployment, ...]:
        """Read every file's head."""
        return tuple(
            head
            for head in self._heads()
            if head.stack.environment is environment and head.conclusion is None
        )

    def unseen(self, environment: Environment) -> tuple[Deployment, ...]:
        """Read every file's head."""
        return tuple(
            head
            for head in self._heads()
            if head.stack.environment is environment and head.unseen_until is not None
        )

    def _heads(self) -> list[Deployment]:
        found = (self.deployment(DeploymentId(each.stem)) for each in sorted(self._folder.glob("*.json")))
        return sorted((head for head in found if head is not None), key=lambda head: head.began)

    def _path(self, id_: DeploymentId) -> Path:
        return self._folder / f"{id_}.json"

    def _read(self, id_: DeploymentId) -> _Written | None:
        path = self._path(id_)
        try:
            return _FILES.validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise JournalStoreError(
                f"the journal {path} cannot be read", remedy="move it away, then run the same command again"
            ) from error

    def _write(self, written: _Written) -> None:
        path = self._path(written.head.id)
        half = path.with_suffix(".half")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            half.write_bytes(_FILES.dump_json(written, indent=2))
            half.replace(path)
        except OSError as error:
            raise JournalStoreError(
                f"the journal {path} cannot be written: {error.strerror}", remedy="make the folder writable"
            ) from error
