"""What an operator of prod's Airflow does once, before the story: lets a DAG run, and clears its first run.

Airflow begins with every DAG paused, and begins a run of the last interval when one is let run. Here that run
waits for upstream pipelines that have never run, so it is marked as done.
"""

import sys
import time
from typing import Any

import boto3

ACCOUNT, NAME = "444455556666", "slipway-prod"
_LIMIT_SECONDS = 120


def main(dag: str) -> None:
    """Let a DAG run and mark the run that begins by itself."""
    mwaa = _client()
    _call(mwaa, "PATCH", f"/dags/{dag}", is_paused=False)
    until = time.monotonic() + _LIMIT_SECONDS
    while not (runs := _call(mwaa, "GET", f"/dags/{dag}/dagRuns", state=["running"])["dag_runs"]):
        if time.monotonic() > until:
            raise SystemExit(f"no run of {dag} began within {_LIMIT_SECONDS} seconds")
        time.sleep(1)  # the scheduler looks every few seconds; there is nothing to be notified by
    for run in runs:  # a run that is queued still would be called running again by the scheduler
        _call(mwaa, "PATCH", f"/dags/{dag}/dagRuns/{run['dag_run_id']}", state="success")
        print(f"  {run['dag_run_id']} waits for pipelines that never ran here: marked as done")


def _client() -> Any:
    role = f"arn:aws:iam::{ACCOUNT}:role/OrganizationAccountAccessRole"
    key = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="operator")["Credentials"]
    return boto3.client(
        "mwaa",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key["SessionToken"],
    )


def _call(mwaa: Any, method: str, path: str, **body: Any) -> Any:
    given = {"QueryParameters" if method == "GET" else "Body": body} if body else {}
    request: dict[str, Any] = {"Name": NAME, "Method": method, "Path": path, **given}
    return mwaa.invoke_rest_api(**request)["RestApiResponse"]


if __name__ == "__main__":
    main(sys.argv[1])
