"""Whether somebody may move a ref: gathers facts and rules, and asks `policy` and `rulebook`.

Every way to move a ref asks here: a push (through the git hook), contents, and the git data routes.
"""

from dataclasses import dataclass

from slipway_sandbox.github.forge import Forge
from slipway_sandbox.github.git import GitRepository
from slipway_sandbox.github.policy import (
    BRANCHES,
    Actor,
    Change,
    ChangedFile,
    RefUpdate,
    governing,
    protection_refusals,
)
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.rulebook import applies, matches_repository, ruleset_refusals


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a ref may not move.

    Attributes:
        ref: its full name.
        protected: what branch protection says.
        violated: what rulesets say.
    """

    ref: str
    protected: tuple[str, ...]
    violated: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """What `git push` shows."""
        said: list[str] = []
        if self.protected:
            said.append(f"error: GH006: Protected branch update failed for {self.ref}.")
            said += [f"error: {reason}" for reason in self.protected]
        if self.violated:
            said.append(f"error: GH013: Repository rule violations found for {self.ref}.")
            said += [f"- {reason}" for reason in self.violated]
        return said

    @property
    def message(self) -> str:
        """What a REST route says."""
        if self.violated:
            return "Repository rule violations found\n\n" + "\n".join([*self.violated, *self.protected])
        return "\n".join(self.protected)


def refusal(
    forge: Forge, repository: Document, login: str, *, ref: str, old: str | None, new: str | None
) -> Refusal | None:
    """Why a person may not move a ref from one object to another (None: absent); None when they may."""
    rule = _protection(forge, repository, ref)
    rulesets = rulesets_for(forge, repository, ref)
    if rule is None and not rulesets:
        return None  # the facts cost time in a long push
    update = _facts(forge.git(repository), ref, old, new)
    actor = actor_of(forge, login, repository)
    protected = protection_refusals(rule, update, actor) if rule else []
    violated = [reason for ruleset in rulesets for reason in ruleset_refusals(ruleset, update, actor)]
    if not protected and not violated:
        return None
    return Refusal(ref=ref, protected=tuple(protected), violated=tuple(dict.fromkeys(violated)))


def _protection(forge: Forge, repository: Document, ref: str) -> Document | None:
    if not ref.startswith(BRANCHES):
        return None
    return governing(forge.records.every(Kind.PROTECTION, repository["id"]), ref.removeprefix(BRANCHES))


def has_rules(forge: Forge, repository: Document) -> bool:
    """Whether any ref of a repository is under a rule."""
    return bool(forge.records.every(Kind.PROTECTION, repository["id"]) or _rulesets(forge, repository))


def rulesets_for(forge: Forge, repository: Document, ref: str) -> list[Document]:
    """The active rulesets, of the repository and of its organisation, that speak of a ref."""
    found = _rulesets(forge, repository)
    return [ruleset for ruleset in found if applies(ruleset, ref, repository["default_branch"])]


def _rulesets(forge: Forge, repository: Document) -> list[Document]:
    found = forge.records.every(Kind.RULESET, f"repository.{repository['id']}")
    owner = forge.find_organization(repository["owner"])
    if owner is not None:
        above = forge.records.every(Kind.RULESET, f"organization.{owner['id']}")
        found += [ruleset for ruleset in above if matches_repository(ruleset, repository)]
    return found


def actor_of(forge: Forge, login: str, repository: Document) -> Actor:
    """The person as the rules see them."""
    teams = forge.teams_of(login)
    owner = forge.find_organization(repository["owner"])
    return Actor(
        login=login,
        level=forge.permission_of(login, repository),
        owns_organization=owner is not None and forge.is_owner(login, owner),
        teams=frozenset(teams),
        slugs=frozenset(team["slug"] for team in teams.values()),
    )


def _facts(git: GitRepository, ref: str, old: str | None, new: str | None) -> RefUpdate:
    """What moving a ref would bring; a tag's history is no concern of any rule."""
    if new is None:
        return RefUpdate(ref=ref, change=Change.DELETE)
    change = Change.CREATE if old is None else Change.UPDATE
    if not ref.startswith(BRANCHES):
        return RefUpdate(ref=ref, change=change, fast_forward=old is None)
    fresh = git.history(new, *([f"^{old}"] if old else ["--not", "--all"]))
    return RefUpdate(
        ref=ref,
        change=change,
        fast_forward=old is None or git.is_ancestor(old, new),
        commits=tuple(git.commits(fresh)),
        files=_files(git, fresh),
    )


def _files(git: GitRepository, commits: list[str]) -> tuple[ChangedFile, ...]:
    written = [(edit.path, edit.sha) for edit in git.written_by(commits) if edit.sha]
    sizes = git.sizes({sha for _, sha in written})
    return tuple(ChangedFile(path=path, size=sizes[sha]) for path, sha in written)
