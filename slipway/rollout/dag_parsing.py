"""Parses DAG files here, in the version of Airflow that runs them elsewhere."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slipway.ports.orchestrator import PublishedFile
from slipway.ports.tools import Tool, ToolCall, ToolRunner, ToolTimedOut

_SCRIPT: Final = Path(__file__).with_name("parse_dags.py")
_MARK: Final = "parsed: "


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What Airflow made of files.

    Attributes:
        dags: ids of the DAGs, sorted.
        problem: why a file cannot be imported; empty when all can.
        by: Airflow and its version.
    """

    dags: tuple[str, ...]
    problem: str
    by: str


@dataclass(frozen=True, kw_only=True)
class DagParsing:
    """Parses in a folder of its own.

    Attributes:
        tools: runs Airflow's interpreter.
    """

    tools: ToolRunner

    def parse(self, files: Sequence[PublishedFile]) -> Parsed:
        """Parse the files of one generation.

        Raises:
            ToolMissing: there is no Airflow here.
        """
        with tempfile.TemporaryDirectory(prefix="slipway-dags-") as name:
            for file in files:
                path = Path(name) / "dags" / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.content)
            return self._parsed(Path(name))

    def _parsed(self, folder: Path) -> Parsed:
        home = {"AIRFLOW_HOME": str(folder / "home"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
        call = ToolCall(
            tool=Tool.AIRFLOW,
            arguments=[str(_SCRIPT), str(folder / "dags")],
            folder=folder,
            environment=home,
            python=True,
        )
        by = f"Airflow {self.tools.version(Tool.AIRFLOW)}"
        try:
            result = self.tools.run(call)
        except ToolTimedOut as late:  # it would be late again: the file is at fault
            return Parsed(dags=(), problem=late.message, by=by)
        lines = [line for line in result.output.splitlines() if line.startswith(_MARK)]
        if result.exit_code != 0 or not lines:
            said = (result.errors or result.output).strip().splitlines()
            return Parsed(dags=(), problem=said[-1] if said else "it said nothing", by=by)
        found: dict[str, Any] = json.loads(lines[-1].removeprefix(_MARK))
        return Parsed(dags=tuple(found["dags"]), problem="; ".join(found["errors"]), by=by)
