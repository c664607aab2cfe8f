"""Write the provider's compact schemas from the SDKs installed in the platform's environment.

    python sandbox/tools/generate_schema.py                 write all schemas (about a minute)
    python sandbox/tools/generate_schema.py --check         fail when a schema's version is not its SDK's
    python sandbox/tools/generate_schema.py --check --full  fail when a schema differs from a fresh one

The SDKs' sources are parsed, never imported (importing them takes 600 MB). What is read there: a class's
``type_token``, the getters of its ``<Class>InitArgs`` or ``<Class>Args`` (inputs), its own getters (outputs),
``additional_secret_outputs`` (secrets), "forces a new resource" in a property's prose (replacements), and the
tokens of ``pulumi.runtime.invoke`` (data sources). The grammar of a type is that of
``slipway_sandbox/provider/schema.py``.
"""

from __future__ import annotations

import argparse
import ast
import importlib.metadata
import importlib.util
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES = ("aws", "github", "snowflake")
SCHEMAS = Path(__file__).parents[1] / "slipway_sandbox" / "provider" / "schemas"

SCALARS = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "Any": "any"}
ASSETS = {"Asset": "asset", "Archive": "archive", "AssetOrArchive": "asset"}
RESOURCES = {"pulumi.CustomResource", "pulumi.ProviderResource"}
"""Bases of what is a resource; enumerations carry a token too."""
WRAPPERS = {"Input", "Output", "Awaitable"}
FORCES = re.compile(r"forces?\s+(a\s+|the\s+)?(new resource|replacement|resource replacement)", re.IGNORECASE)
SECRETS = re.compile(r"additional_secret_outputs=(\[[^\]]*\])")
INVOKE = re.compile(r"pulumi\.runtime\.invoke\('([^']+)'")


@dataclass(frozen=True, kw_only=True)
class Property:
    """One getter of a generated class: its wire name, its annotation and whether that may be absent."""

    type: str
    optional: bool
    replaces: bool


@dataclass(kw_only=True)
class Sdk:
    """What the sources of one SDK say; names of nested classes are "<module>.<Class>"."""

    args: dict[str, dict[str, Property]] = field(default_factory=dict)
    results: dict[str, dict[str, Property]] = field(default_factory=dict)
    resources: dict[str, tuple[str, dict[str, Property]]] = field(default_factory=dict)
    secrets: dict[str, list[str]] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)


def read_sdk(root: Path) -> Sdk:
    """Parse every module of the SDK below ``root``."""
    sdk = Sdk()
    for path in sorted(root.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        sdk.functions.update(INVOKE.findall(source))
        module = ".".join(path.parent.relative_to(root).parts)
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef):
                _read_class(sdk, module, node, source)
    return sdk


def _read_class(sdk: Sdk, module: str, node: ast.ClassDef, source: str) -> None:
    name = f"{module}.{node.name}".lstrip(".")
    marks = [ast.unparse(decorator) for decorator in node.decorator_list]
    bases = {ast.unparse(base) for base in node.bases}
    if "pulumi.input_type" in marks:
        sdk.args.setdefault(name, _getters(module, node))
    elif "pulumi.output_type" in marks:
        sdk.results.setdefault(name, _getters(module, node))
    for mark in marks:
        if mark.startswith("pulumi.type_token(") and bases & RESOURCES:
            token = ast.literal_eval(mark.removeprefix("pulumi.type_token").strip("()"))
            sdk.resources[token] = (name, _getters(module, node))
            lists = SECRETS.findall(ast.get_source_segment(source, node) or "")
            sdk.secrets[token] = sorted({secret for names in lists for secret in ast.literal_eval(names)})


def _getters(module: str, node: ast.ClassDef) -> dict[str, Property]:
    found: dict[str, Property] = {}
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.returns is not None:
            wire = _wire_name(item)
            if wire is not None:
                outermost = re.split(r"Sequence\[|Mapping\[", ast.unparse(item.returns))[0]
                found[wire] = Property(
                    type=_type(module, item.returns),
                    optional="Optional[" in outermost,
                    replaces=bool(FORCES.search(ast.get_docstring(item) or "")),
                )
    return found


def _wire_name(item: ast.FunctionDef) -> str | None:
    for decorator in item.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pulumi.getter":
            return str(ast.literal_eval(decorator.keywords[0].value))
        if ast.unparse(decorator) == "pulumi.getter":
            return item.name
    return None


def _type(module: str, node: ast.expr) -> str:
    """The compact type of an annotation.

    Raises:
        ValueError: the annotation is of a form no generated SDK had so far.
    """
    match node:
        case ast.Constant(value=str(text)):
            return _named(module, text)
        case ast.Name(id=name):
            return _named(module, name)
        case ast.Attribute():
            return _named(module, ast.unparse(node))
        case ast.Subscript(value=origin, slice=inner):
            return _generic(module, ast.unparse(origin).rpartition(".")[2], inner)
    raise ValueError(f"unknown form of annotation: {ast.unparse(node)}")


def _generic(module: str, origin: str, inner: ast.expr) -> str:
    if origin in WRAPPERS or origin == "Optional":
        return _type(module, inner)
    if origin in {"Sequence", "List"}:
        return f"[{_type(module, inner)}]"
    if origin in {"Mapping", "Dict"} and isinstance(inner, ast.Tuple):
        return "{" + _type(module, inner.elts[1]) + "}"
    if origin == "Union" and isinstance(inner, ast.Tuple):
        options = [_type(module, option) for option in inner.elts]
        plain = [option for option in options if not option.startswith("#")]
        objects = [option for option in options if option.endswith("Args")]
        return next(iter([*plain, *objects, *options]))
    raise ValueError(f"unknown generic: {origin}[{ast.unparse(inner)}]")


def _named(module: str, name: str) -> str:
    last = name.rpartition(".")[2]
    if last in SCALARS:
        return SCALARS[last]
    if last in ASSETS and name.startswith("pulumi."):
        return ASSETS[last]
    owner = name.rpartition(".")[0]
    if owner.startswith("_") and owner not in {"_inputs", "_enums"}:
        module = owner.strip("_")
    return "#" + f"{module}.{last}".lstrip(".")


def compact(sdk: Sdk, package: str, version: str) -> dict[str, object]:
    """The document of one package; nested types are those that its resources reach."""
    types: dict[str, dict[str, str]] = {}
    resources = {
        token: _resource(sdk, types, name, outputs, sdk.secrets[token])
        for token, (name, outputs) in sorted(sdk.resources.items())
    }
    provider = resources.pop(f"pulumi:providers:{package}")
    return {
        "package": package,
        "version": version,
        "config": provider["properties"],
        "functions": sorted(sdk.functions),
        "types": dict(sorted(types.items())),
        "resources": resources,
    }


def _resource(
    sdk: Sdk, types: dict[str, dict[str, str]], name: str, outputs: dict[str, Property], secrets: list[str]
) -> dict[str, object]:
    inputs = sdk.args.get(f"{name}InitArgs") or sdk.args.get(f"{name}Args") or {}
    found: dict[str, object] = {"properties": _merged(sdk, types, inputs, outputs)}
    if secrets:
        found["secret"] = secrets
    said = {wire for table in (inputs, outputs) for wire, shape in table.items() if shape.replaces}
    if replaces := sorted(said & set(inputs)):
        found["replace"] = replaces
    return found


def _merged(
    sdk: Sdk, types: dict[str, dict[str, str]], inputs: dict[str, Property], outputs: dict[str, Property]
) -> dict[str, str]:
    """Inputs and outputs in one table, marked.

    "!" is required, "~" computed when left out, "=" output only, "=?" the same and perhaps absent,
    "-" input only.
    """
    return {
        wire: _reached(sdk, types, {**outputs, **inputs}[wire].type)
        + _mark(inputs.get(wire), outputs.get(wire))
        for wire in sorted({*inputs, *outputs})
    }


def _mark(given: Property | None, result: Property | None) -> str:
    if given is None:
        return "=?" if result is not None and result.optional else "="
    if not given.optional:
        return "!"
    if result is None:
        return "-"
    return "" if result.optional else "~"


def _reached(sdk: Sdk, types: dict[str, dict[str, str]], kind: str) -> str:
    """Put the nested types that ``kind`` names into ``types``; enumerations are strings."""
    if "#" not in kind:
        return kind
    opening, _, rest = kind.partition("#")
    name = rest.rstrip("]}")
    closing, plain = rest[len(name) :], name.removesuffix("Args")
    inputs, outputs = sdk.args.get(f"{plain}Args"), sdk.results.get(plain)
    if inputs is None and outputs is None:
        return f"{opening}string{closing}"
    if plain not in types:
        types[plain] = {}  # first, so that a type that contains itself ends here
        both = (inputs or outputs or {}, outputs or inputs or {})
        types[plain] |= _merged(sdk, types, *both)
    return f"{opening}#{plain}{closing}"


def render(document: dict[str, object]) -> str:
    """JSON with one type a line, so that a change of an SDK reads as a diff of lines."""
    lines = []
    for key, value in document.items():
        if isinstance(value, dict):
            rows = [f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in value.items()]
            lines.append(f"{json.dumps(key)}:{{\n" + ",\n".join(rows) + "\n}")
        elif isinstance(value, list):
            lines.append(f"{json.dumps(key)}:[\n" + ",\n".join(json.dumps(v) for v in value) + "\n]")
        else:
            lines.append(f"{json.dumps(key)}:{json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def fresh(package: str) -> str:
    """The schema of the installed SDK of ``package``."""
    spec = importlib.util.find_spec(f"pulumi_{package}")
    if spec is None or spec.origin is None:
        sys.exit(f"pulumi_{package} is not installed; run `uv sync`")
    sdk = read_sdk(Path(spec.origin).parent)
    return render(compact(sdk, package, installed(package)))


def installed(package: str) -> str:
    """The version of the installed SDK."""
    return importlib.metadata.version(f"pulumi-{package}")


def stale(package: str, *, full: bool) -> str | None:
    """Why the committed schema does not fit the installed SDK; None when it does."""
    path = SCHEMAS / f"{package}.json"
    if not path.exists():
        return f"{path.name} is missing"
    text = path.read_text(encoding="utf-8")
    if json.loads(text)["version"] != installed(package):
        return f"{path.name} is of version {json.loads(text)['version']}, the SDK of {installed(package)}"
    return f"{path.name} differs from its SDK" if full and text != fresh(package) else None


def main() -> None:
    """Write or check the schemas."""
    parser = argparse.ArgumentParser(description="Write the provider's schemas from the installed SDKs.")
    parser.add_argument("--check", action="store_true", help="change nothing, fail when one is not current")
    parser.add_argument("--full", action="store_true", help="with --check: compare every line")
    options = parser.parse_args()
    if options.check:
        reasons = [reason for package in PACKAGES if (reason := stale(package, full=options.full))]
        remedy = "run `python sandbox/tools/generate_schema.py` and commit the result"
        sys.exit("\n".join([*reasons, remedy]) if reasons else 0)
    SCHEMAS.mkdir(exist_ok=True)
    for package in PACKAGES:
        (SCHEMAS / f"{package}.json").write_text(fresh(package), encoding="utf-8")


if __name__ == "__main__":
    main()
