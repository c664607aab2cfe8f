"""What an operator of Airflow does once, before the first release: lets a DAG run, clears its first run.

    python first_run.py prod revenue

Airflow begins with every DAG paused, and begins a run of the last interval when one is let run. Here that run
waits for upstream pipelines that have never run, so it is marked as done.
"""

import sys
import time
from functools import partial
from typing import Any

import boto3

ACCOUNTS = {"dev": "222233334444", "staging": "333344445555", "prod": "444455556666"}
_LIMIT_SECONDS = 120
# A task that begins to wait while its run is marked still writes down that it waits, and the run goes on. Its
# process learns of the mark at a heartbeat, every 5 seconds by default, and writes nothing any more.
_SETTLED_SECONDS = 10


def main(environment: str, dag: str) -> None:
    """Let a DAG run and mark the run that begins by itself, until nothing of it goes on."""
    call = partial(_call, _client(environment), f"slipway-{environment}")
    call("PATCH", f"/dags/{dag}", is_paused=False)
    until = time.monotonic() + _LIMIT_SECONDS
    marked: set[str] = set()
    last_seen = time.monotonic()
    while not marked or time.monotonic() < last_seen + _SETTLED_SECONDS:
        if time.monotonic() > until:
            state = "ended" if marked else "began"
            raise SystemExit(f"no run of {dag} {state} within {_LIMIT_SECONDS} seconds")
        # A run that is queued still would be called running again by the scheduler: it is waited for.
        for run in call("GET", f"/dags/{dag}/dagRuns", state=["running"])["dag_runs"]:
            call("PATCH", f"/dags/{dag}/dagRuns/{run['dag_run_id']}", state="success")
            marked.add(run["dag_run_id"])
            last_seen = time.monotonic()
        time.sleep(1)  # the scheduler looks every few seconds; there is nothing to be notified by
    for run_id in sorted(marked):
        print(f"  {run_id} waits for pipelines that never ran here: marked as done")


def _client(environment: str) -> Any:
    role = f"arn:aws:iam::{ACCOUNTS[environment]}:role/OrganizationAccountAccessRole"
    key = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="operator")["Credentials"]
    return boto3.client(
        "mwaa",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key["SessionToken"],
    )


def _call(mwaa: Any, name: str, method: str, path: str, **body: Any) -> Any:
    given = {"QueryParameters" if method == "GET" else "Body": body} if body else {}
    request: dict[str, Any] = {"Name": name, "Method": method, "Path": path, **given}
    return mwaa.invoke_rest_api(**request)["RestApiResponse"]


if __name__ == "__main__":
    main(*sys.argv[1:])
