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


def main(environment: str, dag: str) -> None:
    """Let a DAG run and mark the run that begins by itself."""
    call = partial(_call, _client(environment), f"slipway-{environment}")
    call("PATCH", f"/dags/{dag}", is_paused=False)
    until = time.monotonic() + _LIMIT_SECONDS
    while not (runs := call("GET", f"/dags/{dag}/dagRuns", state=["running"])["dag_runs"]):
        if time.monotonic() > until:
            raise SystemExit(f"no run of {dag} began within {_LIMIT_SECONDS} seconds")
        time.sleep(1)  # the scheduler looks every few seconds; there is nothing to be notified by
    for run in runs:  # a run that is queued still would be called running again by the scheduler
        call("PATCH", f"/dags/{dag}/dagRuns/{run['dag_run_id']}", state="success")
        print(f"  {run['dag_run_id']} waits for pipelines that never ran here: marked as done")


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
