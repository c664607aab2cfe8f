"""Parses DAG files with Airflow and prints what came of it. Run by path, with Airflow's own interpreter.

    python parse_dags.py DAGS_FOLDER ...

One line a folder, in their order. Airflow is loaded once; each folder is then parsed in a process forked
for it, so that none imports another one's modules, and one that ends its process ends no other.
It imports nothing of slipway: Airflow's environment does not have it.
"""

import json
import multiprocessing
import os
import sys
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path


def main(folders: list[str]) -> None:
    """Print of each folder the ids of its DAGs, and the error of each file that cannot be imported."""
    _load(folders)
    for folder in folders:
        print(f"parsed: {json.dumps(_apart(folder))}", flush=True)  # noqa: T201 - the result


def _load(folders: list[str]) -> None:
    """Import what of Airflow the files import, as Airflow does before it forks to parse.

    A module that cannot be imported is left to the file, whose problem it is.
    """
    for name in ("airflow.models.dag", "airflow.models.dagbag"):
        import_module(name)
    files = [str(file) for folder in folders for file in Path(folder).rglob("*.py")]
    imports = import_module("airflow.utils.file").iter_airflow_imports
    for name in sorted({name for file in files for name in imports(file)}):
        with suppress(ImportError):
            import_module(name)


def _apart(folder: str) -> dict[str, list[str]]:
    forking = multiprocessing.get_context("fork")
    receiving, sending = forking.Pipe(duplex=False)
    process = forking.Process(target=_parse, args=(folder, sending))
    process.start()
    sending.close()
    try:
        found: dict[str, list[str]] = receiving.recv()
    except EOFError:
        process.join()
        found = {"dags": [], "errors": [f"its import ended Airflow's process with {process.exitcode}"]}
    process.join()
    return found


def _parse(folder: str, sending: Connection) -> None:
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what the files print is no result
    sys.path.insert(0, folder)  # as Airflow does with its DAG folder
    bag = import_module("airflow.models.dagbag").DagBag(folder, include_examples=False)
    errors = [error.strip().splitlines()[-1] for error in bag.import_errors.values()]
    sending.send({"dags": sorted(bag.dags), "errors": errors})
    sending.close()


if __name__ == "__main__":
    main(sys.argv[1:])
