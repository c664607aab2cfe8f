"""A commit as a workspace: its files and its catalogue, read from git's objects and nothing else."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from slipway.catalog import HeldFiles, load_from
from slipway.model.workspace import Workspace
from slipway.ports.revisions import FileAt, Revision, Revisions


@dataclass(frozen=True, kw_only=True)
class Committed:
    """A workspace at a commit.

    Attributes:
        revision: the commit.
        files: every file, by path.
        workspace: what its catalogue says.
        revisions: where contents are read.
    """

    revision: Revision
    files: Mapping[str, FileAt]
    workspace: Workspace
    revisions: Revisions

    def read(self, paths: Collection[str]) -> Mapping[str, bytes]:
        """Read contents by path, in one go."""
        blobs = self.revisions.read(tuple(sorted({self.files[path].blob for path in paths})))
        return {path: blobs[self.files[path].blob] for path in paths}


def read_commit(revisions: Revisions, revision: Revision) -> Committed:
    """Read a workspace as it is at a commit.

    Raises:
        NoWorkspaceError: the commit has no slipway.yaml.
        CatalogErrors: its catalogue is wrong.
        RepositoryFailed: its tree has what no artifact can hold.
    """
    files = revisions.files(revision.commit)
    written = {path: file.blob for path, file in files.items() if path.lower().endswith((".yaml", ".yml"))}
    blobs = revisions.read(tuple(sorted(set(written.values()))))
    held = HeldFiles(frozenset(files), {path: blobs[blob] for path, blob in written.items()})
    workspace = load_from(held, Path(f"at commit {revision.commit[:12]}"))
    return Committed(revision=revision, files=files, workspace=workspace, revisions=revisions)
