"""Whether somebody may move a ref: gathers facts and rules, and asks `policy` and `rulebook`.

Every way to move a ref asks here: a push (through the git hook), contents, the git data routes, and the merge
of a pull request.
"""

from dataclasses import dataclass, replace

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
from slipway_sandbox.github.reports import reports_of
from slipway_sandbox.github.requirements import PullRequestFacts
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
    forge: Forge,
    repository: Document,
    login: str,
    *,
    ref: str,
    old: str | None,
    new: str | None,
    pull: PullRequestFacts | None = None,
) -> Refusal | None:
    """Why a person may not move a ref from one object to another (None: absent); None when they may."""
    rules = _rules(forge, repository, ref)
    if not rules.any:
        return None  # the facts cost time in a long push
    update = _facts(forge.git(repository), ref, old, new)
    seen = pull.head if pull else new
    reports = reports_of(forge.records, repository["id"], seen) if seen else ()
    return rules.judge(replace(update, reports=reports, pull=pull), actor_of(forge, login, repository))


def requirements_missing(
    forge: Forge, repository: Document, login: str, branch: str, pull: PullRequestFacts
) -> Refusal | None:
    """What a pull request lacks to be merged, apart from what its commits and files may say themselves."""
    rules = _rules(forge, repository, BRANCHES + branch)
    reports = reports_of(forge.records, repository["id"], pull.head)
    update = RefUpdate(ref=BRANCHES + branch, change=Change.UPDATE, reports=reports, pull=pull)
    return rules.judge(update, actor_of(forge, login, repository))


def dismisses_stale_reviews(forge: Forge, repository: Document, branch: str) -> bool:
    """Whether a push to a pull request for a branch takes its approvals away."""
    rules = _rules(forge, repository, BRANCHES + branch)
    protected = rules.protection and rules.protection["required_pull_request_reviews"]
    asked = [
        rule["parameters"]
        for each in rules.rulesets
        for rule in each["rules"]
        if rule["type"] == "pull_request"
    ]
    return bool(protected and protected["dismiss_stale_reviews"]) or any(
        parameters["dismiss_stale_reviews_on_push"] for parameters in asked
    )


@dataclass(frozen=True, kw_only=True)
class _Rules:
    """The rules that speak of one ref."""

    protection: Document | None
    rulesets: tuple[Document, ...]

    @property
    def any(self) -> bool:
        return self.protection is not None or bool(self.rulesets)

    def judge(self, update: RefUpdate, actor: Actor) -> Refusal | None:
        protected = protection_refusals(self.protection, update, actor) if self.protection else []
        violated = [reason for each in self.rulesets for reason in ruleset_refusals(each, update, actor)]
        if not protected and not violated:
            return None
        return Refusal(ref=update.ref, protected=tuple(protected), violated=tuple(dict.fromkeys(violated)))


def _rules(forge: Forge, repository: Document, ref: str) -> _Rules:
    return _Rules(
        protection=protection_of(forge, repository, ref.removeprefix(BRANCHES))
        if ref.startswith(BRANCHES)
        else None,
        rulesets=tuple(rulesets_for(forge, repository, ref)),
    )


def protection_of(forge: Forge, repository: Document, branch: str) -> Document | None:
    """The protection rule of a branch."""
    return governing(forge.records.every(Kind.PROTECTION, repository["id"]), branch)


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
