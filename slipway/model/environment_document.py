"""The environment document: which artifact of each part runs in an environment, as a value with versions."""

from collections.abc import Iterable, Mapping

from slipway.model.digest import DigestField
from slipway.model.environment import Environment
from slipway.model.frozen import Frozen
from slipway.model.parts import PartId, PartIdField


class Entry(Frozen):
    """What runs of one part.

    Attributes:
        part: which part.
        artifact: digest of its bundle.
        release: digest of the manifest that brought it; None for what was there before the first release.
        commit: the commit that the artifact was built from.
    """

    part: PartIdField
    artifact: DigestField
    release: DigestField | None
    commit: str


class EnvironmentDocument(Frozen):
    """What runs in an environment.

    Attributes:
        environment: which one.
        version: 1 for the first document, one more for each later one.
        entries: sorted by part, one a part.
        deployment: the deployment that wrote this version.
    """

    environment: Environment
    version: int
    entries: tuple[Entry, ...]
    deployment: str

    def entry(self, part: PartId) -> Entry | None:
        """The entry of a part; None when the environment does not have it."""
        return next((entry for entry in self.entries if entry.part == part), None)

    @property
    def parts(self) -> Mapping[PartId, Entry]:
        """Every entry by its part."""
        return {entry.part: entry for entry in self.entries}

    def with_entries(
        self, entries: Iterable[Entry], *, deployment: str, without: Iterable[PartId] = ()
    ) -> "EnvironmentDocument":
        """Return the next version, in which only these entries differ.

        Args:
            entries: the entries that are put in, in place of those of the same parts.
            deployment: who writes it.
            without: parts that are taken out.
        """
        changed = {entry.part: entry for entry in entries}
        gone = set(without)
        kept = {part: entry for part, entry in self.parts.items() if part not in gone}
        merged = kept | changed
        return EnvironmentDocument(
            environment=self.environment,
            version=self.version + 1,
            entries=tuple(merged[part] for part in sorted(merged)),
            deployment=deployment,
        )
