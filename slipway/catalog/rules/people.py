"""Rules about people and teams. Nothing is checked while team.yaml cannot be read."""

from collections.abc import Callable, Iterator

from slipway.catalog.draft import Draft
from slipway.catalog.entries import PersonEntry
from slipway.catalog.findings import Finding, RuleId
from slipway.catalog.rules.duplicates import Occurrence, once
from slipway.model.nearest import did_you_mean
from slipway.model.team import APPROVERS, CONTROL_OWNERS, Role


def unknown_owners(draft: Draft) -> Iterator[Finding]:
    """A pipeline is owned by a team: approvals and alarms go to its people."""
    if draft.roster is None:
        return
    teams = {team.name for team in draft.roster.teams if team.name is not None}
    for pipeline in draft.pipelines:
        if pipeline.owner is not None and pipeline.owner not in teams:
            message = f"{pipeline.owner!r} is no team of {draft.roster.tree.path}"
            remedy = did_you_mean(pipeline.owner, teams)
            yield pipeline.tree.finding(RuleId.UNKNOWN_OWNER, ("owner",), message, remedy)


def unknown_members(draft: Draft) -> Iterator[Finding]:
    """A team is made of people of the same file."""
    if draft.roster is None:
        return
    people = {person.id for person in draft.roster.people if person.id is not None}
    for team in draft.roster.teams:
        for member in team.members:
            if member.value not in people:
                message, remedy = (
                    f"{member.value!r} is no person of this file",
                    did_you_mean(member.value, people),
                )
                yield draft.roster.tree.finding(RuleId.UNKNOWN_MEMBER, member.loc, message, remedy)


def teams_without_member(draft: Draft) -> Iterator[Finding]:
    """A team has somebody who answers."""
    if draft.roster is None:
        return
    for team in draft.roster.teams:
        loc = (*team.loc, "members")
        if draft.roster.tree.value(loc) == []:
            message, remedy = "the team has no member", "name its people, or remove the team"
            yield draft.roster.tree.finding(RuleId.TEAM_WITHOUT_MEMBER, loc, message, remedy)


def people_without_role(draft: Draft) -> Iterator[Finding]:
    """A person decides something: without a role they could neither change, approve nor audit."""
    if draft.roster is None:
        return
    for person in draft.roster.people:
        loc = (*person.loc, "roles")
        if draft.roster.tree.value(loc) == []:
            message, remedy = "the person has no role", f"name one or more of {', '.join(Role)}"
            yield draft.roster.tree.finding(RuleId.PERSON_WITHOUT_ROLE, loc, message, remedy)


def reserved_teams(draft: Draft) -> Iterator[Finding]:
    """A team may not be called what the platform calls the teams that it makes of a role's holders."""
    if draft.roster is None:
        return
    made = {APPROVERS: Role.APPROVER, CONTROL_OWNERS: Role.CONTROL_OWNER}
    for team in draft.roster.teams:
        if team.name in made:
            role = made[team.name]
            message = f"{team.name!r} is the team that the platform makes of everyone with the role {role}"
            loc = (*team.loc, "name")
            yield draft.roster.tree.finding(RuleId.RESERVED_TEAM, loc, message, "choose another name")


def duplicate_teams(draft: Draft) -> Iterator[Finding]:
    """A team has one entry."""
    if draft.roster is None:
        return
    tree = draft.roster.tree
    named: Iterator[Occurrence[str]] = (
        (team.name, tree, (*team.loc, "name")) for team in draft.roster.teams if team.name is not None
    )
    yield from once(
        RuleId.DUPLICATE_TEAM,
        named,
        lambda name: (f"the team {name!r} is listed already", "join the two, or rename one"),
    )


def duplicate_people(draft: Draft) -> Iterator[Finding]:
    """A person has one entry."""
    yield from _once_a_person(draft, RuleId.DUPLICATE_PERSON, "id", lambda person: person.id)


def duplicate_logins(draft: Draft) -> Iterator[Finding]:
    """A GitHub login is one person: else an author could approve their own change. GitHub ignores case."""
    yield from _once_a_person(
        draft, RuleId.DUPLICATE_LOGIN, "github", lambda person: person.github and person.github.casefold()
    )


def duplicate_principals(draft: Draft) -> Iterator[Finding]:
    """An AWS principal is one person: the ledger names people by it."""
    yield from _once_a_person(
        draft, RuleId.DUPLICATE_PRINCIPAL, "aws_principal", lambda person: person.aws_principal
    )


def _once_a_person(
    draft: Draft, rule: RuleId, field: str, value_of: Callable[[PersonEntry], str | None]
) -> Iterator[Finding]:
    if draft.roster is None:
        return
    tree = draft.roster.tree
    occurrences: Iterator[Occurrence[str]] = (
        (value, tree, (*person.loc, field)) for person in draft.roster.people if (value := value_of(person))
    )
    yield from once(
        rule,
        occurrences,
        lambda value: (f"{value!r} belongs to somebody already", "each person has one of their own"),
    )
