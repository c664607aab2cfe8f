"""Imports DAG files with Airflow and writes down what it saw. Run by path, with Airflow's own interpreter.

    python dag_probe.py DAGS_FOLDER OUTPUT

It imports nothing of slipway: Airflow's environment does not have it. What it saw is judged by `dag_import`.
"""

import json
import sys
import time
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, Final

# What a DAG file does while it is parsed, it does every 30 seconds, all day, in the scheduler.
_OUTSIDE: Final = {
    "socket.connect": "connects to a server",
    "socket.getaddrinfo": "asks for a server's address",
    "subprocess.Popen": "starts a process",
    "os.system": "starts a process",
    "sqlite3.connect": "reads a variable or connection from Airflow's database",
}


class Watch:
    """Notes what code of the DAG folder does to the world outside while it is imported.

    Attributes:
        on: whether a file is being imported; an audit hook cannot be removed.
        seen: file, line and what it did.
    """

    def __init__(self, folder: str) -> None:
        self.on = False
        self.seen: set[tuple[str, int, str]] = set()
        self._folder = folder
        sys.addaudithook(self._note)

    def _note(self, event: str, _arguments: tuple[Any, ...]) -> None:
        if self.on and event in _OUTSIDE:
            frame = innermost(sys._getframe(1), self._folder)  # noqa: SLF001 - the stack is what is asked for
            if frame is not None:
                self.seen.add((frame.f_code.co_filename, frame.f_lineno, _OUTSIDE[event]))


class Places:
    """Remembers on which line of its file each DAG was made.

    Attributes:
        lines: by the DAG's object id.
        file: the file that is being imported.
    """

    def __init__(self, dag_class: Any) -> None:
        self.lines: dict[int, int] = {}
        self.file = ""
        original = dag_class.__init__

        def made(dag: Any, *words: Any, **named: Any) -> None:
            frame = innermost(sys._getframe(1), self.file)  # noqa: SLF001 - same
            self.lines[id(dag)] = frame.f_lineno if frame is not None else 0
            original(dag, *words, **named)

        made.__signature__ = getattr(original, "__signature__", None)  # type: ignore[attr-defined]
        dag_class.__init__ = made


def innermost(frame: FrameType | None, folder: str) -> FrameType | None:
    """Find the frame of the folder's code that is nearest to where something happened."""
    while frame is not None and not frame.f_code.co_filename.startswith(folder):
        frame = frame.f_back
    return frame


def main(folder: str, output: str) -> None:
    """Import every file that Airflow's scheduler would, and write the report."""
    listing = import_module("airflow.utils.file")
    places = Places(import_module("airflow.models.dag").DAG)
    bag = import_module("airflow.models.dagbag").DagBag(
        dag_folder=folder, include_examples=False, collect_dags=False
    )
    sys.path.insert(0, folder)
    watch = Watch(folder)
    report = []
    for file in sorted(map(str, listing.list_py_file_paths(folder, include_examples=False))):
        report.append(_imported(bag, file, places, watch))
        print(Path(file).name, flush=True)  # noqa: T201 - progress, one line a file
    Path(output).write_text(json.dumps({"files": report, "outside": sorted(watch.seen)}), encoding="utf-8")


def _imported(bag: Any, file: str, places: Places, watch: Watch) -> dict[str, Any]:
    """Import one file as the scheduler does, in a bag that is empty: so that DAGs of one id are all seen."""
    bag.dags.clear()
    bag.import_errors.clear()
    places.file = file
    watch.on = True
    began = time.perf_counter()
    try:
        dags = bag.process_file(file, only_if_updated=False)
    finally:
        watch.on = False
    return {
        "file": file,
        "seconds": time.perf_counter() - began,
        "errors": list(bag.import_errors.values()),
        "dags": [_told(dag, places) for dag in dags],
    }


def _told(dag: Any, places: Places) -> dict[str, Any]:
    return {
        "id": dag.dag_id,
        "line": places.lines.get(id(dag), 0),
        "tags": sorted(dag.tags),
        "tasks": [{"id": task.task_id, "owner": task.owner, "retries": task.retries} for task in dag.tasks],
    }


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
