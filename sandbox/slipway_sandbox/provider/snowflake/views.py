"""snowflake.View.

What differs in the query, the columns or the kind of a view makes it anew with CREATE OR REPLACE, as the
real provider does: its grants stay only where the program says copyGrants.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from slipway_sandbox.provider.contract import PartialFault, ProviderFault
from slipway_sandbox.provider.snowflake.client import snowflake
from slipway_sandbox.provider.snowflake.names import literal, qualified
from slipway_sandbox.provider.snowflake.resource import NamedObject, is_said, option, refuse, spelt
from slipway_sandbox.provider.snowflake.shown import shaped, truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from slipway_sandbox.provider.contract import Properties, Session, State
    from slipway_sandbox.provider.snowflake.client import Row, Snowflake

_LACKING: Final = MappingProxyType(
    {
        "aggregationPolicy": "aggregation policies",
        "dataMetricFunctions": "data metric functions",
        "dataMetricSchedule": "data metric functions",
        "rowAccessPolicy": "row access policies",
    }
)
_LACKING_OF_COLUMNS: Final = MappingProxyType(
    {"maskingPolicy": "masking policies", "projectionPolicy": "projection policies"}
)
_DEFINING: Final = ("statement", "columns", "isRecursive", "isTemporary")


class View(NamedObject):
    """A view; the id is ``"DATABASE"."SCHEMA"."NAME"``."""

    kind = "VIEW"
    place = ("database", "schema")
    form = '"DATABASE"."SCHEMA"."NAME"'
    replace_on = frozenset({"database", "schema"})
    defaults = MappingProxyType(
        dict.fromkeys(("changeTracking", "isRecursive", "isSecure", "isTemporary"), "false")
        | {"ViewColumn.comment": ""}
    )

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Make it, then let it track changes: the real provider sends two statements as well.

        Raises:
            PartialFault: it was made, and may not track changes.
        """
        made = super().create(session, name, inputs)
        if inputs.get("changeTracking") is None:
            return made
        try:
            snowflake(session).execute(_tracking(qualified(*self.path(inputs)), inputs["changeTracking"]))
        except ProviderFault as fault:
            raise PartialFault(fault.message, id_=made.id, remedy=fault.remedy) from fault
        return made

    def creation(self, name: str, inputs: Properties) -> Iterable[str]:
        """The words of CREATE."""
        return _definition(name, inputs, "CREATE")

    def resettings(self, name: str, old: Properties, new: Properties) -> Iterator[str]:
        """CREATE OR REPLACE where the query or its columns change, else ALTER."""
        if any(old.get(each) != new.get(each) for each in _DEFINING):
            yield " ".join(_definition(name, new, "CREATE OR REPLACE"))
            if new.get("changeTracking") is not None:
                yield _tracking(name, new["changeTracking"])
            return
        if old.get("comment") != new.get("comment"):
            comment = new.get("comment")
            yield f"ALTER VIEW {name} {f'SET COMMENT = {literal(comment)}' if comment else 'UNSET COMMENT'}"
        if is_said(old.get("isSecure")) != is_said(new.get("isSecure")):
            yield f"ALTER VIEW {name} {'SET' if is_said(new.get('isSecure')) else 'UNSET'} SECURE"
        if is_said(old.get("changeTracking")) != is_said(new.get("changeTracking")):
            yield _tracking(name, new.get("changeTracking"))

    def outputs(self, api: Snowflake, path: tuple[str, ...], row: Row, inputs: Properties) -> Properties:
        """Its query, from the text that made it, its columns where the program names them, what SHOW says.

        Raises:
            ProviderFault: the view is secure, and somebody else's.
        """
        if not row["text"]:
            raise ProviderFault(
                f"the text of view {qualified(*path)} is not told: it is secure, and of role {row['owner']}",
                remedy="let Pulumi log in with a role that owns it",
            )
        inside = api.rows(f"DESCRIBE VIEW {qualified(*path)}")
        words, statement = _parts(row["text"])
        found: Properties = {
            "comment": row["comment"] or None,
            "statement": spelt(inputs.get("statement"), statement, _plain),
            "isSecure": option(inputs, "isSecure", is_so=truth(row["is_secure"])),
            "isRecursive": option(inputs, "isRecursive", is_so="RECURSIVE" in words),
            "isTemporary": option(inputs, "isTemporary", is_so=bool({"TEMPORARY", "TEMP"} & words)),
            "changeTracking": option(inputs, "changeTracking", is_so=truth(row["change_tracking"])),
            "showOutputs": [shaped("ViewShowOutput", row)],
            "describeOutputs": [shaped("ViewDescribeOutput", each) for each in inside],
        }
        if inputs.get("columns") or not inputs:
            found["columns"] = [{"columnName": each["name"], "comment": each["comment"]} for each in inside]
        return found


def _definition(name: str, inputs: Properties, verb: str) -> list[str]:
    """The words of CREATE [OR REPLACE] VIEW.

    Raises:
        ProviderFault: the program sets what the account has nothing for.
    """
    refuse(inputs, _LACKING)
    if is_said(inputs.get("isTemporary")):
        raise ProviderFault(
            f"a temporary view ends with the session that made it: {name} would never be there",
            remedy="leave isTemporary out",
        )
    kinds = [
        word
        for field, word in (("isSecure", "SECURE"), ("isRecursive", "RECURSIVE"))
        if is_said(inputs.get(field))
    ]
    columns = ", ".join(map(_column, inputs.get("columns") or ()))
    comment = inputs.get("comment")
    return [
        *(verb, *kinds, "VIEW", name),
        *([f"({columns})"] if columns else []),
        *(["COPY GRANTS"] if inputs.get("copyGrants") and "REPLACE" in verb else []),
        *([f"COMMENT = {literal(comment)}"] if comment else []),
        f"AS {inputs['statement']}",
    ]


def _column(column: Properties) -> str:
    refuse(column, _LACKING_OF_COLUMNS)
    comment = column.get("comment")
    return " ".join([qualified(column["columnName"]), *([f"COMMENT {literal(comment)}"] if comment else [])])


def _tracking(name: str, value: Any) -> str:
    """Change tracking has no UNSET."""
    return f"ALTER VIEW {name} SET CHANGE_TRACKING = {str(is_said(value)).upper()}"


def _parts(text: str) -> tuple[frozenset[str], str]:
    """The words before the name of a view in its CREATE VIEW, and its query."""
    from sqlglot.dialects.snowflake import Snowflake as Dialect  # noqa: PLC0415  0.2 s that others never need
    from sqlglot.tokenizer_core import TokenType  # noqa: PLC0415  same

    tokens = Dialect().tokenize(text)
    words = [each.text.upper() for each in tokens]
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.token_type is TokenType.ALIAS:
            return frozenset(words[: words.index("VIEW")]), text[token.end + 1 :].strip()
    raise ProviderFault(f"the text of a view has no query: {text}")


def _plain(statement: str) -> str:
    """A query without what the real provider sees no difference in: blanks and capitals."""
    return " ".join(statement.split()).rstrip("; ").upper()
