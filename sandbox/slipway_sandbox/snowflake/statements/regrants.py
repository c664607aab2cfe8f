"""Privileges that a role has granted on, because it has them with grant option.

Source: https://docs.snowflake.com/en/sql-reference/sql/revoke-privilege (RESTRICT | CASCADE)
"""

from collections.abc import Iterable

from slipway_sandbox.snowflake.catalogue.catalogue import Catalogue
from slipway_sandbox.snowflake.catalogue.grants import Grant, Privilege
from slipway_sandbox.snowflake.errors import SnowflakeError
from slipway_sandbox.snowflake.identifiers import written


def holders_with_option(catalogue: Catalogue, on: int, privilege: Privilege) -> frozenset[int]:
    """The roles that may grant a privilege on an object to others."""
    grants = catalogue.grants_on.get(on, ())
    return frozenset(each.to for each in grants if each.grant_option and each.privilege is privilege)


def granted_on(catalogue: Catalogue, lost: Iterable[Grant]) -> set[Grant]:
    """The grants that depend on others: made by who had those with grant option, and so on."""
    lost = set(lost)
    found: set[Grant] = set()
    waiting = [each for each in lost if each.grant_option]
    while waiting:
        origin = waiting.pop()
        made = {
            each
            for each in catalogue.grants_on.get(origin.on, ())
            if each.privilege is origin.privilege and each.granted_by == origin.to
        }
        new = made - found - lost
        found |= new
        waiting += [each for each in new if each.grant_option]
    return found


def dependent_grant(catalogue: Catalogue, grant: Grant) -> SnowflakeError:
    """A grant that is in the way of a REVOKE without CASCADE, or of another owner."""
    name = ".".join(map(written, catalogue.full_name(catalogue.things[grant.on]))) if grant.on else "ACCOUNT"
    role = written(catalogue.things[grant.to].name)
    return SnowflakeError(
        3036,
        "23001",
        f"SQL execution error: Dependent grant of privilege '{grant.privilege}' on securable '{name}' to "
        f"role '{role}' exists.  It must be revoked first.  More than one dependent grant may exist: use "
        "'SHOW GRANTS' command to view them.  To revoke all dependent grants while transferring object "
        "ownership, use convenience command 'GRANT OWNERSHIP ON <target_objects> TO <target_role> REVOKE "
        "CURRENT GRANTS'.",
    )
