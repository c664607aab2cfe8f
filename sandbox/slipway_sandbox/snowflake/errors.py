"""Snowflake's errors: the number, the SQL state and the text that its drivers show.

Numbers and texts are those that Snowflake's documentation, its knowledge base and its drivers' issue trackers
quote; a text that no source quotes says what is wrong in Snowflake's manner.
"""


class SnowflakeError(Exception):
    """A statement that cannot be run, as a driver reports it.

    Attributes:
        number: Snowflake's error number, 2003 for 002003.
        sqlstate: five characters of the SQL standard.
        message: the text.
    """

    def __init__(self, number: int, sqlstate: str, message: str) -> None:
        super().__init__(message)
        self.number = number
        self.sqlstate = sqlstate
        self.message = message


def syntax_error(message: str) -> SnowflakeError:
    """The text is no statement."""
    return SnowflakeError(1003, "42000", f"SQL compilation error:\n{message}")


def unsupported(feature: str) -> SnowflakeError:
    """Snowflake may know it; this sandbox does not, and says so instead of doing nothing.

    Args:
        feature: the statement, function or option, in the words of the statement.
    """
    return SnowflakeError(2, "0A000", f"Unsupported feature '{feature}' (in this sandbox).")


def not_found(kind: str, name: str) -> SnowflakeError:
    """An object that a statement works on is not there, or the role has no privilege on it."""
    return SnowflakeError(
        2003, "02000", f"SQL compilation error:\n{kind} '{name}' does not exist or not authorized."
    )


def relation_not_found(name: str) -> SnowflakeError:
    """A table or view that a query reads is not there, or the role may not see it."""
    return SnowflakeError(
        2003, "42S02", f"SQL compilation error:\nObject '{name}' does not exist or not authorized."
    )


def cannot_operate(
    message: str = "Object does not exist, or operation cannot be performed.",
) -> SnowflakeError:
    """What Snowflake says of a session's USE and of containers that are not there."""
    return SnowflakeError(2043, "02000", f"SQL compilation error:\n{message}")


def already_exists(name: str) -> SnowflakeError:
    """The name is taken."""
    return SnowflakeError(2002, "42710", f"SQL compilation error:\nObject '{name}' already exists.")


def insufficient_privileges(kind: str, name: str) -> SnowflakeError:
    """The role sees the object and may not do this with it."""
    return SnowflakeError(
        3001, "42501", f"SQL access control error:\nInsufficient privileges to operate on {kind} '{name}'."
    )


def no_current_database(command: str) -> SnowflakeError:
    """An unqualified name without a database to look in."""
    return SnowflakeError(
        90105,
        "22000",
        f"Cannot perform {command}. This session does not have a current database. "
        "Call 'USE DATABASE', or use a qualified name.",
    )


def no_current_schema(command: str) -> SnowflakeError:
    """An unqualified name without a schema to look in."""
    return SnowflakeError(
        90106,
        "22000",
        f"Cannot perform {command}. This session does not have a current schema. "
        "Call 'USE SCHEMA', or use a qualified name.",
    )


def invalid_identifier(name: str) -> SnowflakeError:
    """A column that none of the relations has."""
    return SnowflakeError(904, "42000", f"SQL compilation error:\ninvalid identifier '{name}'")


def ambiguous_column(name: str) -> SnowflakeError:
    """A column that several relations have, or one of them twice."""
    return SnowflakeError(2028, "42601", f"SQL compilation error:\nambiguous column name '{name}'")


def duplicate_column(name: str) -> SnowflakeError:
    """A column that a statement names twice."""
    return SnowflakeError(2025, "42S21", f"SQL compilation error:\nduplicate column name '{name}'")


def view_width(view: str, declared: int, produced: int) -> SnowflakeError:
    """A view whose query produces more columns than it declared, or fewer."""
    return SnowflakeError(
        2057,
        "42601",
        f"SQL compilation error:\nView definition for '{view}' declared {declared} column(s), "
        f"but view query produces {produced} column(s).",
    )


def view_columns(view: str) -> SnowflakeError:
    """A view whose query produces as many columns as it declared, and not the same ones."""
    return SnowflakeError(
        2334,
        "42601",
        f"SQL compilation error:\nView columns mismatch with view definition for view '{view}', "
        "please re-create the view",
    )


def not_set() -> SnowflakeError:
    """A placeholder without a value."""
    return SnowflakeError(2049, "42601", "SQL compilation error:\nBind variable ? not set.")


def unknown_function(name: str) -> SnowflakeError:
    """A function that Snowflake does not have, or this sandbox."""
    return SnowflakeError(2140, "42601", f"SQL compilation error:\nUnknown function {name}")


def too_many_arguments(call: str, most: int, given: int) -> SnowflakeError:
    """A call with more arguments than the function has, or than this sandbox reads."""
    return SnowflakeError(
        939,
        "22023",
        f"SQL compilation error:\ntoo many arguments for function [{call}] expected {most}, got {given}",
    )


def not_enough_arguments(call: str, fewest: int, given: int) -> SnowflakeError:
    """A call with fewer arguments than the function needs."""
    return SnowflakeError(
        938,
        "22023",
        f"SQL compilation error:\nnot enough arguments for function [{call}], expected {fewest}, got {given}",
    )


def not_to_be_cast(found: str, wanted: str) -> SnowflakeError:
    """A TRY_CAST of what is no text."""
    return SnowflakeError(
        1065,
        "22023",
        "SQL compilation error:\n"
        f"Function TRY_CAST cannot be used with arguments of types {found} and {wanted}",
    )


def unknown_table_function(name: str) -> SnowflakeError:
    """A table function that Snowflake does not have."""
    return SnowflakeError(2140, "42601", f"SQL compilation error:\nUnknown table function {name}")


def malformed(what: str) -> SnowflakeError:
    """A request that is not the protocol's; Snowflake's drivers never send one.

    Args:
        what: what is wrong with it.
    """
    return SnowflakeError(1008, "22023", f"The request cannot be read: {what}.")


def invalid_value(message: str) -> SnowflakeError:
    """An option or argument whose value cannot be right."""
    return SnowflakeError(1008, "22023", f"SQL compilation error:\n{message}")


def invalid_types(function: str, *types: str) -> SnowflakeError:
    """A function of what it is not for."""
    return SnowflakeError(
        1044,
        "42P13",
        f"SQL compilation error:\nInvalid argument types for function '{function}': ({', '.join(types)})",
    )


def not_a_part(word: str) -> SnowflakeError:
    """A word for a part of a date or time that there is not."""
    return SnowflakeError(
        2151, "22023", f"SQL compilation error:\n[{word}] is not a valid date/time component."
    )


def column_exists(name: str) -> SnowflakeError:
    """A table that would have a column twice."""
    return SnowflakeError(1430, "42601", f"SQL compilation error:\ncolumn '{name}' already exists")


def invalid_url(url: str) -> SnowflakeError:
    """The URL of a stage that no storage of Snowflake's has."""
    return SnowflakeError(1011, "42601", f"SQL compilation error:\ninvalid URL prefix found in: '{url}'")


def privilege_order() -> SnowflakeError:
    """WRITE on a stage without READ."""
    return SnowflakeError(
        3511,
        "23001",
        "SQL compilation error:\nPrivilege order violation for the grants on stage. "
        "READ should be granted before/simultaneously with WRITE.",
    )


def null_in_not_null(column: str) -> SnowflakeError:
    """NULL for a NOT NULL column."""
    return SnowflakeError(100072, "22000", f"NULL result in a non-nullable column '{column}'")


def too_long(value: str) -> SnowflakeError:
    """A string beyond the column's length."""
    return SnowflakeError(100078, "22000", f"String '{value}' is too long and would be truncated")


def number_out_of_range(value: str) -> SnowflakeError:
    """A number beyond its type's precision."""
    return SnowflakeError(100039, "22003", f"Numeric value '{value}' is out of range")


def not_a_number(value: str) -> SnowflakeError:
    """A string that is cast to a number and is none."""
    return SnowflakeError(100038, "22018", f"Numeric value '{value}' is not recognized")


def division_by_zero() -> SnowflakeError:
    """A divisor of zero."""
    return SnowflakeError(100051, "22012", "Division by zero")


def broken_transaction() -> SnowflakeError:
    """A transaction of which a statement failed half way: the sandbox cannot keep what went before it."""
    return SnowflakeError(
        2043,
        "40000",
        "A statement of this transaction failed while it ran, and the sandbox keeps nothing of such "
        "a transaction (Snowflake keeps its other statements): say ROLLBACK and begin again.",
    )


def untracked(table: str) -> SnowflakeError:
    """CHANGES of a time for which a table has not tracked them."""
    return SnowflakeError(
        1438,
        "0A000",
        "SQL compilation error:\nChange tracking is not enabled or has been missing for the time "
        f"range requested on table '{table}'.",
    )


def value_count(expected: int, given: int) -> SnowflakeError:
    """A list of values that has not one for each column."""
    return SnowflakeError(
        2020,
        "21S01",
        "SQL compilation error:\nInsert value list does not match column list "
        f"expecting {expected} but got {given}",
    )
