"""What a pull request brings when it is merged: gathers reviews, owners and ancestry for the rules.

Owned here: the facts, and from them the words of ``mergeable_state``. Not owned: what the rules make of them
(`requirements`), the merge itself (`merge`).
"""

from collections.abc import Iterable

from slipway_sandbox.github import codeowners, pull_book
from slipway_sandbox.github.enforcement import requirements_missing
from slipway_sandbox.github.forge import Forge
from slipway_sandbox.github.git import GitRepository
from slipway_sandbox.github.identity import Permission
from slipway_sandbox.github.policy import BRANCHES
from slipway_sandbox.github.pull_book import ReviewState
from slipway_sandbox.github.records import Document, Kind
from slipway_sandbox.github.reports import reports_of
from slipway_sandbox.github.requirements import (
    OUT_OF_DATE,
    Approval,
    CheckState,
    MergeMethod,
    Owners,
    PullRequestFacts,
)

SWITCHES = {
    MergeMethod.SQUASH: "allow_squash_merge",
    MergeMethod.MERGE: "allow_merge_commit",
    MergeMethod.REBASE: "allow_rebase_merge",
}
"""The setting of the repository that allows a method."""


def facts(
    forge: Forge, repository: Document, pull: Document, method: MergeMethod, *, made: str = ""
) -> PullRequestFacts:
    """What the rules need to know of a pull request; its base branch is there.

    Args:
        forge: this GitHub.
        repository: where it is.
        pull: the pull request.
        method: how it is to be merged.
        made: the commit that GitHub makes and signs itself.
    """
    git, head = forge.git(repository), pull["head"]["sha"]
    base = base_tip(git, pull)
    reviews = [
        each
        for each in pull_book.standing_reviews(forge, repository, pull)
        if forge.permission_of(each["user"], repository) >= Permission.WRITE
    ]
    return PullRequestFacts(
        method=method,
        head=head,
        last_pusher=pull["last_pusher"],
        made=made,
        approvals=tuple(
            Approval(login=each["user"], of_head=each["commit_id"] == head)
            for each in reviews
            if each["state"] == ReviewState.APPROVED
        ),
        objectors=sum(each["state"] == ReviewState.CHANGES_REQUESTED for each in reviews),
        owners=_owners(forge, git, base, head),
        behind=not git.is_ancestor(base, head),
    )


def base_tip(git: GitRepository, pull: Document) -> str:
    """Where the base branch is now; where it was, once it is gone."""
    ref = git.ref(BRANCHES + pull["base"]["ref"])
    return ref.sha if ref else str(pull["base"]["sha"])


def _owners(forge: Forge, git: GitRepository, base: str, head: str) -> tuple[Owners, ...]:
    """Who owns what the pull request changes, by the CODEOWNERS file of the base branch."""
    found = {entry.path: entry.sha for entry in git.entries(base, *codeowners.PLACES)}
    place = next((place for place in codeowners.PLACES if place in found), None)
    if place is None:
        return ()
    lines = codeowners.parse(git.blob(found[place]).decode(errors="replace"))
    changed = [change.path for change in git.changes(git.merge_base(base, head), head)]
    return tuple(_people(forge, line.owners) for line in codeowners.owning_lines(lines, changed))


def _people(forge: Forge, owners: Iterable[str]) -> Owners:
    names = tuple(owner.removeprefix("@") for owner in owners)
    logins = {login.lower() for name in names for login in _logins(forge, name)}
    return Owners(names=names, logins=frozenset(logins))


def _logins(forge: Forge, name: str) -> list[str]:
    organization, _, slug = name.partition("/")
    found = forge.find_organization(organization) if slug else None
    if found is None:
        return [] if slug else [name]
    team = forge.team_by_slug(found, slug)
    members = forge.records.every(Kind.TEAM_MEMBER, team["id"]) if team else []
    return [member["login"] for member in members]


def mergeable_state(
    forge: Forge, repository: Document, pull: Document, login: str, *, mergeable: bool
) -> str:
    """GitHub's word for what stands between a pull request and its merge by this person."""
    if not mergeable:
        return "dirty"
    if pull["draft"]:
        return "draft"
    method = next((each for each, switch in SWITCHES.items() if repository[switch]), MergeMethod.MERGE)
    known = facts(forge, repository, pull, method)
    refused = requirements_missing(forge, repository, login, pull["base"]["ref"], known)
    if refused is not None:
        return "behind" if {*refused.protected, *refused.violated} == {OUT_OF_DATE} else "blocked"
    reports = reports_of(forge.records, repository["id"], pull["head"]["sha"])
    return "clean" if all(report.state is CheckState.SUCCESS for report in reports) else "unstable"
