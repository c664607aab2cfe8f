"""Parses DAG files with Airflow and prints what came of it. Run by path, with Airflow's own interpreter.

    python parse_dags.py DAGS_FOLDER

It imports nothing of slipway: Airflow's environment does not have it.
"""

import json
import sys
from importlib import import_module


def main(folder: str) -> None:
    """Print the ids of the DAGs, and the error of each file that cannot be imported."""
    sys.path.insert(0, folder)  # as Airflow does with its DAG folder
    bag = import_module("airflow.models.dagbag").DagBag(folder, include_examples=False)
    errors = [error.strip().splitlines()[-1] for error in bag.import_errors.values()]
    found = {"dags": sorted(bag.dags), "errors": errors}
    print(f"parsed: {json.dumps(found)}")  # noqa: T201 - the result, after whatever the files print


if __name__ == "__main__":
    main(sys.argv[1])
