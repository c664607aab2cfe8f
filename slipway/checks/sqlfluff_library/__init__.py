"""What dbt's templates need beside sqlfluff's own stand-ins: `dbt.<macro>()` and the project's real `var()`s.

sqlfluff loads this package itself (`--library-path`), with its own interpreter: it may import neither slipway
nor dbt. Each public name here is one in the templates.
"""

import os as _os
from pathlib import Path as _Path
from typing import Any as _Any

import yaml as _yaml


class _Macros:
    """dbt's cross-database macros, as SQL functions of the same name: enough for a linter."""

    def __getattr__(self, name: str) -> _Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *words, **named: f"{name}({', '.join(map(str, (*words, *named.values())))})"


def _declared() -> dict[str, _Any]:
    """The variables of dbt_project.yml, at its top and in sections of packages."""
    text = _Path(_os.environ["SLIPWAY_DBT_PROJECT"]).read_text(encoding="utf-8")
    found = (_yaml.safe_load(text) or {}).get("vars") or {}
    flat = {name: value for name, value in found.items() if not isinstance(value, dict)}
    sections = (value for value in found.values() if isinstance(value, dict))
    return {name: value for section in sections for name, value in section.items()} | flat


_variables = _declared()


def var(name: str, default: _Any = "item") -> _Any:
    """Return the variable as the project declares it."""
    return _variables.get(name, default)


dbt = _Macros()
