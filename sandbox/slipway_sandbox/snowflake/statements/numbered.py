"""Columns whose default is the next number of a sequence."""

from dataclasses import replace

from sqlglot import exp

from slipway_sandbox.snowflake.binding import is_next_number, sequence_of
from slipway_sandbox.snowflake.catalogue.objects import Column, SequenceBody
from slipway_sandbox.snowflake.errors import invalid_identifier
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql.parser import read_text


def with_sequence(session: Session, column: Column) -> Column:
    """A column whose default, if it is `sequence.NEXTVAL`, is bound to the sequence of that name.

    Raises:
        SnowflakeError: 904, there is no such sequence; 3001, the role may not use it.
    """
    default = read_text(column.default) if column.default else None
    if not isinstance(default, exp.Column) or not is_next_number(default):
        return column
    sequence = sequence_of(session.names("CREATE"), default)
    if sequence is None:
        raise invalid_identifier(column.default)
    assert isinstance(sequence.body, SequenceBody)  # noqa: S101 - the kind says so
    name = ".".join(written(part) for part in session.account.catalogue.full_name(sequence))
    return replace(column, default=f"{name}.NEXTVAL", counter=sequence.body.numbering.counter)
