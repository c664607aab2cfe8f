"""IAM policy documents from statements, byte for byte as the real provider writes them.

The real provider's habits that programs can see: fields in the order of the IAM grammar, a list of one as its
only value, longer lists in descending order (values of conditions keep theirs), `*` for every principal,
`&{...}` for IAM's own `${...}`, and Go's escapes in JSON.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import ProviderFault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slipway_sandbox.provider.contract import Properties, Session

_LATEST = "2012-10-17"
_FIELDS = {
    "actions": "Action",
    "notActions": "NotAction",
    "resources": "Resource",
    "notResources": "NotResource",
}
_PRINCIPALS = {"principals": "Principal", "notPrincipals": "NotPrincipal"}
_GRAMMAR = ("Sid", "Effect", *_FIELDS.values(), *_PRINCIPALS.values(), "Condition")
_GO_ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def get_policy_document(session: Session, args: Properties) -> Properties:
    """aws.iam.getPolicyDocument."""
    del session  # a calculation: no server is asked
    document = _merged(args)
    text = _json(document, indent=2)
    return {key: value for key, value in args.items() if value is not None} | {
        "json": text,
        "minifiedJson": _json(document, indent=None),
        "version": args.get("version") or _LATEST,
        "id": str(zlib.crc32(text.encode())),
    }


def _merged(args: Properties) -> Properties:
    document: Properties = {"Version": "", "Id": "", "Statement": []}
    sources = [_parsed(text, "source") for text in args.get("sourcePolicyDocuments") or [] if text]
    _refuse_duplicates((s for source in sources for s in source["Statement"]), "sourcePolicyDocuments")
    own = _own(args)
    _refuse_duplicates(own["Statement"], "statements")
    overrides = [_parsed(text, "override") for text in args.get("overridePolicyDocuments") or [] if text]
    for other in (*sources, own, *overrides):
        _merge(document, other)
    return {key: value for key, value in document.items() if value}


def _merge(document: Properties, other: Properties) -> None:
    """Later ids and newer versions win; a statement takes the place of the one with its Sid."""
    document["Id"] = other["Id"] or document["Id"]
    document["Version"] = max(document["Version"], other["Version"])
    for statement in other["Statement"]:
        sids = [present.get("Sid") for present in document["Statement"]]
        if statement.get("Sid") and statement["Sid"] in sids:
            document["Statement"][sids.index(statement["Sid"])] = statement
        else:
            document["Statement"].append(statement)


def _refuse_duplicates(statements: Iterable[Properties], where: str) -> None:
    seen: set[str] = set()
    for statement in statements:
        sid = statement.get("Sid") or ""
        if sid in seen:
            raise ProviderFault(
                f"policy document: duplicate Sid ({sid}) in {where}",
                remedy="remove the Sid or ensure Sids are unique",
            )
        seen |= {sid} - {""}


def _own(args: Properties) -> Properties:
    version = args.get("version") or _LATEST
    statements = [_statement(given, version) for given in args.get("statements") or []]
    return {"Version": version, "Id": args.get("policyId") or "", "Statement": statements}


def _statement(given: Properties, version: str) -> Properties:
    statement: Properties = {"Sid": given.get("sid"), "Effect": given.get("effect") or "Allow"}
    for key, name in _FIELDS.items():
        values = given.get(key) or []
        statement[name] = _one_or_many(values if "ction" in name else _variables(values, version))
    for key, name in _PRINCIPALS.items():
        given_principals = given.get(key) or []
        statement[name] = _principals(
            [(p["type"], _variables(p["identifiers"], version)) for p in given_principals]
        )
    conditions = given.get("conditions") or []
    statement["Condition"] = _conditions(
        [(c["test"], c["variable"], _variables(c["values"], version)) for c in conditions]
    )
    return _in_order(statement)


def _in_order(statement: Properties) -> Properties:
    return {name: statement[name] for name in _GRAMMAR if statement.get(name)}


def _variables(values: Iterable[str], version: str) -> list[str]:
    """IAM's variables, which programs write as `&{...}`; the old version of the language has none."""
    texts = list(values)
    for text in texts:
        if version != _LATEST and "&{" in text:
            raise ProviderFault(
                f"policy document: {text} holds &{{, which version {version} does not support"
            )
    return [text.replace("&{", "${") for text in texts]


def _one_or_many(values: Iterable[str]) -> Any:
    distinct = sorted(set(values), reverse=True)
    return distinct[0] if len(distinct) == 1 else distinct


def _principals(sets: list[tuple[str, list[str]]]) -> Any:
    if sets == [("*", ["*"])]:
        return "*"
    joined: dict[str, list[str]] = {}
    for kind, identifiers in sets:
        joined.setdefault(kind, []).extend(sorted(set(identifiers), reverse=True))
    return {kind: names[0] if len(names) == 1 else names for kind, names in sorted(joined.items())}


def _conditions(triples: list[tuple[str, str, list[str]]]) -> Properties:
    joined: dict[str, dict[str, list[str]]] = {}
    for test, variable, values in triples:
        joined.setdefault(test, {}).setdefault(variable, []).extend(values)
    return {
        test: {name: v[0] if len(v) == 1 else v for name, v in sorted(variables.items())}
        for test, variables in sorted(joined.items())
    }


def _parsed(text: str, role: str) -> Properties:
    """A document that another tool wrote, in the form that statements are merged in."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ProviderFault(f"policy document: a {role} document is not JSON: {error}") from error
    statements = document.get("Statement") if isinstance(document, dict) else None
    if not isinstance(statements, list):
        raise ProviderFault(f"policy document: a {role} document has no list named Statement")
    return {
        "Version": document.get("Version") or "",
        "Id": document.get("Id") or "",
        "Statement": [_reread(statement) for statement in statements],
    }


def _reread(statement: Properties) -> Properties:
    fields = dict(statement)
    for name in _PRINCIPALS.values():
        if name in fields:
            fields[name] = _reread_principals(fields[name])
    if "Condition" in fields:
        triples = [
            (test, variable, [str(v).lower() if isinstance(v, bool) else str(v) for v in _listed(values)])
            for test, variables in fields["Condition"].items()
            for variable, values in variables.items()
        ]
        fields["Condition"] = _conditions(triples)
    return _in_order(fields)


def _reread_principals(value: Any) -> Any:
    if isinstance(value, str):
        return "*"
    return {
        kind: names if isinstance(names, str) else sorted(names, reverse=True)
        for kind, names in sorted(value.items())
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _json(document: Properties, indent: int | None) -> str:
    separators = (",", ": ") if indent else (",", ":")
    text = json.dumps(document, indent=indent, separators=separators, ensure_ascii=False)
    return text.translate(_GO_ESCAPES)
