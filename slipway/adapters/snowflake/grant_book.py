"""Privileges: read with SHOW GRANTS, changed step by step, compared again when they are said to be equal."""

from collections.abc import Iterator, Sequence
from typing import Final

from slipway.adapters.snowflake import statements
from slipway.adapters.snowflake.session import Session, Statement
from slipway.model.grants import Grant, GrantChange, Grantee, GranteeKind, Grants, Privilege, difference
from slipway.model.snowflake_objects import SnowflakeObject
from slipway.ports.warehouse import GrantBook
from slipway.ports.warehouse_errors import GrantsDiffer, OwnersDiffer, StatementFailed
from slipway.ports.warehouse_results import Answer

_OWNERSHIP: Final = "OWNERSHIP"
_KINDS: Final = frozenset(each.value for each in GranteeKind)


class SnowflakeGrantBook(GrantBook):
    """Reads and changes privileges.

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

    def change_grants(self, subject: SnowflakeObject, changes: Sequence[GrantChange]) -> None:
        """Take steps; each may be repeated."""
        for change in changes:
            text = statements.grant_change(subject, change)
            self._session.run(Statement(text=text, subject=f"{change} on {subject}"))

    def equalise_grants(self, model: SnowflakeObject, subject: SnowflakeObject) -> tuple[GrantChange, ...]:
        """Give an object exactly the grants of another one, and read both again."""
        want, have = self.grants(model), self.grants(subject)
        if want.owner != have.owner:
            raise OwnersDiffer(
                f"{model} is owned by {want.owner}, {subject} by {have.owner}",
                remedy=f"make {subject} with the role that owns {model}",
            )
        changes = difference(have.held, want.held)
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
