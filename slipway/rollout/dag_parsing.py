"""Parses DAG files here, in the version of Airflow that runs them elsewhere."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from slipway.model.digest import Digest
from slipway.ports.orchestrator import PublishedFile
from slipway.ports.tools import Tool, ToolCall, ToolResult, ToolRunner, ToolTimedOut

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
    """Parses in a folder of its own, and remembers what came of it: Airflow takes seconds to start.

    Attributes:
        tools: runs Airflow's interpreter.
    """

    tools: ToolRunner
    _known: dict[Digest, Parsed] = field(default_factory=dict, init=False)

    def parse(self, generation: Digest, files: Sequence[PublishedFile]) -> Parsed:
        """Parse the files of one generation.

        Raises:
            ToolMissing: there is no Airflow here.
        """
        known = self._known.get(generation)
        if known is not None:
            return known
        try:
            (self._known[generation],) = self._run([files])
        except ToolTimedOut as late:  # it would be late again: the file is at fault
            return Parsed(dags=(), problem=late.message, by=self._by)
        return self._known[generation]

    def parse_ahead(self, generations: Mapping[Digest, Sequence[PublishedFile]]) -> None:
        """Parse many at once, each by itself, so that `parse` has its answer without another Airflow.

        Where together they take longer than one may, nothing is remembered, and each is parsed when its turn
        comes: only so is it known which one is at fault.

        Raises:
            ToolMissing: there is no Airflow here.
        """
        wanted = {each: files for each, files in generations.items() if each not in self._known}
        if not wanted:
            return
        try:
            found = self._run(list(wanted.values()))
        except ToolTimedOut:
            return
        self._known.update(zip(wanted, found, strict=True))

    @property
    def _by(self) -> str:
        return f"Airflow {self.tools.version(Tool.AIRFLOW)}"

    def _run(self, generations: Sequence[Sequence[PublishedFile]]) -> list[Parsed]:
        with tempfile.TemporaryDirectory(prefix="slipway-dags-") as name:
            folders = [Path(name) / f"dags-{at}" for at in range(len(generations))]
            for folder, files in zip(folders, generations, strict=True):
                _write(folder, files)
            result = self.tools.run(_call(Path(name), folders))
        return self._parsed(result, len(folders))

    def _parsed(self, result: ToolResult, wanted: int) -> list[Parsed]:
        lines = [line for line in result.output.splitlines() if line.startswith(_MARK)]
        if result.exit_code != 0 or len(lines) != wanted:
            said = (result.errors or result.output).strip().splitlines()
            problem = said[-1] if said else "it said nothing"
            return [Parsed(dags=(), problem=problem, by=self._by)] * wanted
        found: list[dict[str, Any]] = [json.loads(line.removeprefix(_MARK)) for line in lines]
        return [
            Parsed(dags=tuple(each["dags"]), problem="; ".join(each["errors"]), by=self._by) for each in found
        ]


def _write(folder: Path, files: Sequence[PublishedFile]) -> None:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)


def _call(home: Path, folders: Sequence[Path]) -> ToolCall:
    return ToolCall(
        tool=Tool.AIRFLOW,
        arguments=[str(_SCRIPT), *map(str, folders)],
        folder=home,
        environment={"AIRFLOW_HOME": str(home / "home"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"},
        python=True,
    )
