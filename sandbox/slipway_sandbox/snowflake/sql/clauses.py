"""The nodes and clauses that are read, as sqlglot calls them; grammar.py refuses the rest."""

from collections.abc import Mapping
from typing import Final

from sqlglot import exp

_BINARY: Final = "this expression"
_MODIFIERS: Final = "with_ joins where order limit offset sample"

CLAUSES: Final[Mapping[type[exp.Expr], frozenset[str]]] = {
    kind: frozenset(clauses.split())
    for kind, clauses in {
        exp.Add: _BINARY,
        exp.Alias: "this alias",
        exp.All: "this",
        exp.And: _BINARY,
        exp.Any: "this",
        exp.Between: "this low high",
        exp.BitwiseAnd: _BINARY,
        exp.BitwiseLeftShift: f"{_BINARY} requires_int128",
        exp.BitwiseNot: "this",
        exp.BitwiseOr: _BINARY,
        exp.BitwiseRightShift: f"{_BINARY} requires_int128",
        exp.BitwiseXor: _BINARY,
        exp.Boolean: "this",
        exp.Bracket: "this expressions",
        exp.Changes: "information at_before end",
        exp.Column: "this table db catalog",
        exp.CTE: "this alias",
        exp.Connect: "start connect",
        exp.Cube: "expressions",
        exp.DPipe: "this expression safe",
        exp.DataType: "this expressions nested",
        exp.DataTypeParam: "this",
        exp.Delete: "this using where",
        exp.DirectoryStage: "this",
        exp.Distinct: "expressions",
        exp.Div: "this expression typed safe",
        exp.Dot: _BINARY,
        exp.EQ: _BINARY,
        exp.Escape: _BINARY,
        exp.Except: f"this expression distinct {_MODIFIERS}",
        exp.Fetch: "direction count limit_options",
        exp.From: "this",
        exp.GT: _BINARY,
        exp.GTE: _BINARY,
        exp.Group: "expressions all cube rollup grouping_sets",
        exp.GroupingSets: "expressions",
        exp.Having: "this",
        exp.HexString: "this",
        exp.HistoricalData: "this kind expression",
        exp.ILike: _BINARY,
        exp.Identifier: "this quoted",
        exp.IgnoreNulls: "this",
        exp.In: "this expressions query",
        exp.Insert: "this expression overwrite",
        exp.Intersect: f"this expression distinct {_MODIFIERS}",
        exp.Interval: "this unit",
        exp.Is: _BINARY,
        exp.JSONKeyValue: _BINARY,
        exp.Join: "this side kind on using method",
        exp.Kwarg: _BINARY,
        exp.LT: _BINARY,
        exp.LTE: _BINARY,
        exp.Lambda: "this expressions",
        exp.Lateral: "this alias view",
        exp.Like: _BINARY,
        exp.Limit: "expression limit_options",
        exp.LimitOptions: "rows",
        exp.Literal: "this is_string",
        exp.Merge: "this using on whens",
        exp.Mod: _BINARY,
        exp.Mul: _BINARY,
        exp.NEQ: _BINARY,
        exp.Neg: "this",
        exp.Not: "this",
        exp.Null: "",
        exp.NullSafeEQ: _BINARY,
        exp.NullSafeNEQ: _BINARY,
        exp.Offset: "expression",
        exp.Or: _BINARY,
        exp.Order: "this expressions",
        exp.Ordered: "this desc nulls_first",
        exp.Parameter: "this",
        exp.Paren: "this",
        exp.Pivot: "expressions fields unpivot columns alias identify_pivot_strings pivot_column_naming",
        exp.Placeholder: "this",
        exp.Prior: "this",
        exp.PropertyEQ: _BINARY,
        exp.Qualify: "this",
        exp.RawString: "this",
        exp.RespectNulls: "this",
        exp.Rollup: "expressions",
        exp.Schema: "this expressions",
        exp.Select: f"expressions from_ group having qualify distinct laterals locks connect {_MODIFIERS}",
        exp.Star: "except_ replace rename ilike",
        exp.Sub: _BINARY,
        exp.Subquery: f"this alias pivots {_MODIFIERS}",
        exp.Table: "this db catalog alias joins laterals when changes pivots sample",
        exp.TableAlias: "this columns",
        exp.TableFromRows: "this alias joins pivots",
        exp.TableSample: "method percent",
        exp.Tuple: "expressions",
        exp.Union: f"this expression distinct {_MODIFIERS}",
        exp.Update: "this expressions from_ where",
        exp.Values: f"expressions alias {_MODIFIERS}",
        exp.Var: "this",
        exp.When: "matched source condition then",
        exp.Whens: "expressions",
        exp.Where: "this",
        exp.Window: "this partition_by order spec over",
        exp.WindowSpec: "kind start start_side end end_side",
        exp.With: "expressions recursive",
        exp.WithinGroup: _BINARY,
    }.items()
}
"""Nodes that are no functions, with the clauses that are read."""

OF_FUNCTIONS: Final[Mapping[type[exp.Expr], frozenset[str]]] = {
    kind: frozenset(clauses.split())
    for kind, clauses in {
        exp.Cast: "this to",
        exp.Explode: "this expressions",
        exp.Generator: "rowcount",
        exp.TryCast: "this to safe requires_string probe_date_format null_on_text_overflow",
    }.items()
}
"""Functions with clauses or named arguments, and those that are read."""

OF_DEFINITIONS: Final[Mapping[type[exp.Expr], frozenset[str]]] = {
    exp.ColumnDef: frozenset({"this", "kind", "constraints"}),
    exp.Create: frozenset({"this", "kind", "expression", "exists", "properties", "replace"}),
}
"""Nodes of a definition, with the clauses that are read or refused by whoever runs it."""

WORDS: Final[Mapping[type[exp.Expr], str]] = {
    exp.AtTimeZone: "AT TIME ZONE",
    exp.Filter: "FILTER",
    exp.Lock: "SELECT ... FOR UPDATE",
}
"""How a node that is refused is called, where its own text would not tell."""

COMPLETE: Final = frozenset(
    {
        exp.AtTimeZone,
        exp.ColumnDef,
        exp.Create,
        exp.Delete,
        exp.Distinct,
        exp.Filter,
        exp.Insert,
        exp.LimitOptions,
        exp.Merge,
        exp.Table,
        exp.Update,
        exp.WindowSpec,
    }
)
"""Nodes of which Snowflake has no more clauses than those above: another one cannot stand there."""
