"""The change that a deployment makes to an environment document, and the same change backwards."""

from collections.abc import Iterable

from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.frozen import Frozen
from slipway.model.parts import PartId, PartIdField


class Change(Frozen):
    """Entries that a deployment puts in, and those that were there before.

    Attributes:
        entries: what is put in, sorted by part.
        removed: parts that are taken out.
        previous: the entries of the same parts before; a part that is new has none.
    """

    entries: tuple[Entry, ...]
    removed: tuple[PartIdField, ...] = ()
    previous: tuple[Entry, ...] = ()

    @property
    def parts(self) -> tuple[PartId, ...]:
        """Every part that it touches, sorted."""
        return tuple(sorted({*(entry.part for entry in self.entries), *self.removed}))

    @property
    def back(self) -> "Change":
        """The change that takes this one back."""
        known = {entry.part for entry in self.previous}
        added = tuple(entry.part for entry in self.entries if entry.part not in known)
        return Change(entries=self.previous, removed=added, previous=self.entries)

    def is_new(self, part: PartId) -> bool:
        """Whether it brings a part that was not there before."""
        brought = any(entry.part == part for entry in self.entries)
        return brought and all(entry.part != part for entry in self.previous)

    def applied(self, document: EnvironmentDocument) -> tuple[Entry, ...]:
        """Return the entries of a document with this change: what its engines run on."""
        return document.with_entries(self.entries, deployment="", without=self.removed).entries

    def fits(self, document: EnvironmentDocument) -> bool:
        """Whether a document still says of these parts what it said when the change was made."""
        before = {entry.part: entry for entry in self.previous}
        return all(document.entry(part) == before.get(part) for part in self.parts)

    def is_in(self, document: EnvironmentDocument) -> bool:
        """Whether a document has the change already."""
        same = all(document.entry(entry.part) == entry for entry in self.entries)
        return same and all(document.entry(part) is None for part in self.removed)


def change_of(document: EnvironmentDocument, entries: Iterable[Entry], removed: Iterable[PartId]) -> Change:
    """Say what putting entries into a document changes.

    Args:
        document: what runs now.
        entries: what is to run; those that run already are no change.
        removed: parts that are to go; those that are gone already are no change.
    """
    new = tuple(entry for entry in entries if _runs_otherwise(document, entry))
    going = tuple(part for part in removed if document.entry(part) is not None)
    touched = [*(entry.part for entry in new), *going]
    previous = tuple(found for part in touched if (found := document.entry(part)) is not None)
    return Change(
        entries=tuple(sorted(new, key=lambda entry: entry.part)),
        removed=tuple(sorted(going)),
        previous=tuple(sorted(previous, key=lambda entry: entry.part)),
    )


def _runs_otherwise(document: EnvironmentDocument, entry: Entry) -> bool:
    found = document.entry(entry.part)
    return found is None or found.artifact != entry.artifact
