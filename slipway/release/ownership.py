"""Which files belong to which part. Each file of a workspace is a part's, or ignored by a rule with a reason.

Owns the rules; docs/reference/artifacts.md tells them to people. What a bundle looks like is
`slipway.attest.bundle`'s business.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Final

from slipway.catalog.files import SETTINGS
from slipway.model.parts import DBT_FOUNDATION, ENTRY_FOUNDATION, OWN_COPIES, PartId
from slipway.model.pipeline import PartKind, Pipeline
from slipway.release.committed import Committed
from slipway.release.dbt_projects import DbtProject, dbt_projects

_SECRETS: Final = ("*.tfstate", "*.tfstate.*", "*/.terraform/*")
"""Never shipped, even where a part's folder holds them: Terraform writes secrets there in plain text."""

IGNORED: Final[Mapping[str, str]] = {
    "tests/*": "tests run before a release, not in an environment",
    "terraform/*": "Terraform's own estate: it is taken over layer by layer, never shipped as a whole",
    "docs/*": "for people",
    "*.md": "for people",
    ".*": "settings of git, editors and GitHub",
}
"""Files that no part owns and no environment needs, and why; matched against whole paths, in this order."""


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """Every file of a commit, in its place.

    Attributes:
        parts: the paths of each part, sorted.
        ignored: the paths that are not shipped, each with the reason.
        strays: files that no rule knows: they travel with `platform/entry`, so that nothing vanishes.
    """

    parts: Mapping[PartId, tuple[str, ...]]
    ignored: Mapping[str, str]
    strays: tuple[str, ...]


def assign(committed: Committed) -> Ownership:
    """Put every file of a commit in its place."""
    secret = {path for path in committed.files if _matches(path, _SECRETS)}
    assignment = _Assignment(committed, frozenset(committed.files) - secret)
    assignment.own_files()
    assignment.own_project_files()
    assignment.copy_shared_code()
    return assignment.finished(secret)


class _Assignment:
    """The files in their places, step by step; each step looks at what the ones before have left."""

    def __init__(self, committed: Committed, paths: frozenset[str]) -> None:
        self._committed = committed
        self._pipelines = committed.workspace.pipelines
        self._left = set(paths)
        self._parts: defaultdict[PartId, set[str]] = defaultdict(set)

    def own_files(self) -> None:
        """Give parts what their paths name; of two folders the inner one's part has the file."""
        roots: defaultdict[str, list[PartId]] = defaultdict(list)
        for pipeline in self._pipelines:
            for part in pipeline.parts:
                roots[str(part.path)].append(PartId(pipeline.name, part.kind))
            entry = PartId(pipeline.name, PartKind.ENTRY)
            for output in pipeline.outputs:
                if output.contract is not None:
                    roots[str(output.contract)].append(entry)
        for path in tuple(self._left):
            inner = next((root for root in _upwards(path) if root in roots), None)
            if inner is not None:
                self._give([path], roots[inner])

    def own_project_files(self) -> None:
        """Give seeds and tests to the pipelines whose tables they are; the rest is foundation."""
        for project in dbt_projects(self._committed, frozenset(self._left)):
            for path in sorted(project.files):
                self._give([path], [self._owner_in(project, path)])

    def _owner_in(self, project: DbtProject, path: str) -> PartId:
        owner = project.owner(path, self._models(project))
        return DBT_FOUNDATION if owner is None else PartId(owner.name, PartKind.DBT)

    def _models(self, project: DbtProject) -> Mapping[str, Pipeline]:
        """Whose each model is, by the name in `ref()`: dbt names a model after its file."""
        with_dbt = [pipeline for pipeline in self._pipelines if pipeline.part(PartKind.DBT) is not None]
        return {
            PurePosixPath(path).stem: pipeline
            for pipeline in with_dbt
            for path in self._parts[PartId(pipeline.name, PartKind.DBT)]
            if PurePosixPath(path).suffix in {".sql", ".py"} and project.holds(path)
        }

    def copy_shared_code(self) -> None:
        """Give each code part a copy of what lies in its folder and is nobody's own."""
        sharers: defaultdict[tuple[PartKind, str], list[PartId]] = defaultdict(list)
        for pipeline in self._pipelines:
            for part in pipeline.parts:
                if part.kind in OWN_COPIES and len(part.path.parts) > 1:
                    sharers[part.kind, part.path.parts[0]].append(PartId(pipeline.name, part.kind))
        left = frozenset(self._left)
        for (_, folder), parts in sharers.items():
            self._give([path for path in left if path.startswith(f"{folder}/")], parts)

    def finished(self, secret: Iterable[str]) -> Ownership:
        """Place what is left: settings and contracts in the foundation, the rest ignored or a stray."""
        ignored = dict.fromkeys(secret, "Terraform's state may hold secrets")
        strays = []
        for path in sorted(self._left):
            reason = next((why for pattern, why in IGNORED.items() if fnmatchcase(path, pattern)), None)
            if reason is not None:
                ignored[path] = reason
                continue
            self._parts[ENTRY_FOUNDATION].add(path)
            if not self._is_foundation(path):
                strays.append(path)
        parts = {part: tuple(sorted(self._parts[part])) for part in sorted(self._parts)}
        return Ownership(parts=parts, ignored=dict(sorted(ignored.items())), strays=tuple(strays))

    def _is_foundation(self, path: str) -> bool:
        contracts = {
            str(output.contract.parent)
            for pipeline in self._pipelines
            for output in pipeline.outputs
            if output.contract is not None
        }
        workspace = self._committed.workspace
        return path in {SETTINGS, str(workspace.team_path)} or str(PurePosixPath(path).parent) in contracts

    def _give(self, paths: Iterable[str], parts: Iterable[PartId]) -> None:
        for path in paths:
            for part in parts:
                self._parts[part].add(path)
            self._left.discard(path)


def _upwards(path: str) -> Iterable[str]:
    return (path, *(str(folder) for folder in PurePosixPath(path).parents))


def _matches(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)
