"""Privileges: read with SHOW GRANTS, changed step by step, compared again when they are said to be equal."""

from collections.abc import Iterator, Sequence
from typing import Final

from slipway.adapters.snowflake import statements
from slipway.adapters.snowflake.session import Session, Statement
from slipway.model.attached_policies import AttachedPolicy
from slipway.model.grants import Grant, GrantChange, Grantee, GranteeKind, Grants, Privilege, difference
from slipway.model.snowflake_objects import SnowflakeObject
from slipway.ports.grant_book import GrantBook
from slipway.ports.warehouse_errors import GrantsDiffer, OwnersDiffer, StatementFailed
from slipway.ports.warehouse_results import Answer, RoleStanding

_OWNERSHIP: Final = "OWNERSHIP"
_KINDS: Final = frozenset(each.value for each in GranteeKind)


class SnowflakeGrantBook(GrantBook):
    """Reads and changes privileges, and reads policies.

    Args:
        session: runs the statements.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def grants(self, subject: SnowflakeObject) -> Grants:
        """Read every privilege on an object."""
        what = f"grants on {subject}"
        answer = self._session.run(Statement(text=statements.show_grants(subject), subject=what))
        return grants_in(answer, what)

    def policies(self, subject: SnowflakeObject) -> frozenset[AttachedPolicy]:
        """Read every policy on a table or a view."""
        asked = Statement(text=statements.policy_references(subject), subject=f"policies on {subject}")
        return frozenset(
            AttachedPolicy(kind=str(kind), name=f"{database}.{schema}.{name}", column=str(column or ""))
            for kind, database, schema, name, column in self._session.run(asked).rows
        )

    def change_grants(self, subject: SnowflakeObject, changes: Sequence[GrantChange]) -> None:
        """Take steps; each may be repeated."""
        for change in changes:
            text = statements.grant_change(subject, change)
            self._session.run(Statement(text=text, subject=f"{change} on {subject}"))

    def standing(self, role: str) -> RoleStanding:
        """Ask whether the role in use is a role, or holds it."""
        asked = Statement(text=statements.is_role_in_session(role), subject=f"whether {role} is held")
        is_held, in_use = self._session.run(asked).rows[0]
        return RoleStanding(role=role, is_held=bool(is_held), in_use=str(in_use))

    def hand_over(self, subject: SnowflakeObject, owner: Grantee) -> None:
        """Move ownership in one statement, and read it again; an object that the owner has is left alone."""
        if self.grants(subject).owner == owner:
            return
        text = statements.hand_over(subject, owner)
        self._session.run(Statement(text=text, subject=f"hand {subject} over to {owner}"))
        now = self.grants(subject).owner
        if now != owner:
            raise OwnersDiffer(
                f"{subject} is owned by {now}, and was handed over to {owner}",
                remedy="let whoever changes owners end, then run the command again",
            )

    def equalise_grants(self, model: SnowflakeObject, subject: SnowflakeObject) -> tuple[GrantChange, ...]:
        """Give an object exactly the owner and the grants of another one, and read both again."""
        want = self.grants(model)
        if want.owner is None:
            raise OwnersDiffer(
                f"nobody is shown to own {model}",
                remedy=f"have an administrator grant its ownership: SHOW GRANTS ON {model.kind} {model}",
            )
        self.hand_over(subject, want.owner)
        changes = difference(self.grants(subject).held, want.held)
        self.change_grants(subject, changes)
        left = difference(self.grants(subject).held, self.grants(model).held)
        if left:
            raise GrantsDiffer(
                f"grants on {subject} still differ from those on {model}: {'; '.join(map(str, left))}",
                remedy="let whoever changes grants end, then run the command again",
            )
        return changes


def grants_in(answer: Answer, subject: str) -> Grants:
    """Read what SHOW GRANTS answered.

    One privilege that two roles granted is one grant, with the option if either gave it.

    Raises:
        StatementFailed: a grantee is of a kind that is not known here.
    """
    owner: Grantee | None = None
    options: dict[tuple[Privilege, Grantee], bool] = {}
    for privilege, grantee, option in _rows(answer, subject):
        if privilege == _OWNERSHIP:
            owner = grantee
        else:
            options[privilege, grantee] = options.get((privilege, grantee), False) or option
    held = (
        Grant(privilege=privilege, grantee=grantee, with_grant_option=option)
        for (privilege, grantee), option in options.items()
    )
    return Grants(owner, frozenset(held))


def _rows(answer: Answer, subject: str) -> Iterator[tuple[Privilege, Grantee, bool]]:
    wanted = ("privilege", "granted_to", "grantee_name", "grant_option")
    places = [answer.columns.index(each) for each in wanted]
    for row in answer.rows:
        privilege, kind, name, option = (str(row[place]) for place in places)
        if kind not in _KINDS:
            raise StatementFailed(
                f"{privilege} is granted to {kind} {name}, and {kind} is not handled",
                subject=subject,
                query_id=answer.query_id,
                remedy="revoke it, or teach slipway.model.grants.GranteeKind about it",
            )
        yield Privilege(privilege), Grantee(GranteeKind(kind), name), option.lower() == "true"
