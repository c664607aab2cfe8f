"""INFORMATION_SCHEMA.POLICY_REFERENCES: the policies on one table or view, of which there are none here.

Statements that make or attach a policy are refused, so the answer is always empty; but only of what is there.

Source: https://docs.snowflake.com/en/sql-reference/functions/policy_references
"""

from collections.abc import Iterable
from typing import Final

import pyarrow as pa
from sqlglot import exp

from slipway_sandbox.snowflake.errors import unsupported
from slipway_sandbox.snowflake.identifiers import path_of
from slipway_sandbox.snowflake.session import Session

_NAME: Final = "POLICY_REFERENCES"
_COLUMNS: Final = (
    "POLICY_DB",
    "POLICY_SCHEMA",
    "POLICY_NAME",
    "POLICY_KIND",
    "REF_DATABASE_NAME",
    "REF_SCHEMA_NAME",
    "REF_ENTITY_NAME",
    "REF_ENTITY_DOMAIN",
    "REF_COLUMN_NAME",
    "REF_ARG_COLUMN_NAMES",
    "POLICY_STATUS",
)
_ENTITY: Final = "REF_ENTITY_NAME"
_DOMAIN: Final = "REF_ENTITY_DOMAIN"
_DOMAINS: Final = frozenset({"TABLE", "VIEW"})


def is_function(name: str) -> bool:
    """Whether a table function of INFORMATION_SCHEMA is this one."""
    return name.upper().rpartition(".")[2] == _NAME


def function(session: Session, arguments: Iterable[exp.Expr]) -> exp.Expr:
    """The policies on an object, as a relation.

    Raises:
        SnowflakeError: 2003, there is no such object; 2, it is asked for another way than by object.
    """
    given = {
        each.this.name.upper(): str(each.expression.name)
        for each in arguments
        if isinstance(each, exp.Kwarg) and isinstance(each.expression, exp.Literal)
    }
    if given.keys() != {_ENTITY, _DOMAIN} or given[_DOMAIN].upper() not in _DOMAINS:
        raise unsupported(f"{_NAME} but of a table or a view, with {_ENTITY} and {_DOMAIN}")
    session.names("SELECT").relation(path_of(exp.to_table(given[_ENTITY], dialect="snowflake")))
    name = "sf_policy_references"
    session.lend(name, pa.table({column: pa.array([], type=pa.string()) for column in _COLUMNS}))
    lent = exp.Anonymous(this="query_table", expressions=[exp.Literal.string(name)])
    return exp.select("*").from_(exp.Table(this=lent))
