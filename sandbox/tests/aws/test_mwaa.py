"""MWAA's API in front of an Airflow, which these tests play."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from slipway_sandbox.airflow.place import Purpose, derived_secret
from slipway_sandbox.airflow.version import airflow_version
from tests.aws.conftest import AIRFLOW_PORT, FOUNDING, Cloud


@dataclass
class PlayedAirflow:
    """Answers what it is told to, and keeps what it was asked.

    Attributes:
        status: of the next answers.
        body: of the next answers.
        asked: method, path with query, headers, body of each request.
    """

    status: int = 200
    body: bytes = b"{}"
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def airflow() -> Iterator[PlayedAirflow]:
    """The Airflow of prod, at the port that the front was told."""
    played = PlayedAirflow()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            played.asked.append((self.command, self.path, dict(self.headers), body))
            self.send_response(played.status)
            self.send_header("Content-Length", str(len(played.body)))
            self.end_headers()
            self.wfile.write(played.body)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _serve  # noqa: N815 - the base's names

        def log_message(self, *_arguments: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", AIRFLOW_PORT), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield played
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def mwaa(cloud: Cloud) -> Any:
    """A client in prod's account."""
    return cloud.client("mwaa", cloud.session_in("prod"), inject_host_prefix=False)


def invoke(mwaa: Any, **request: Any) -> Any:
    """Call the REST API of prod's Airflow."""
    return mwaa.invoke_rest_api(**{"Name": "slipway-prod", "Path": "/dags", "Method": "GET"} | request)


def test_an_account_has_its_own_environments_only(cloud: Cloud, mwaa: Any) -> None:
    """And nobody sees another account's by its name."""
    assert mwaa.list_environments()["Environments"] == ["slipway-prod"]
    elsewhere = cloud.client("mwaa", cloud.session_in("dev"), inject_host_prefix=False)
    assert elsewhere.list_environments()["Environments"] == []
    with pytest.raises(elsewhere.exceptions.ResourceNotFoundException, match="slipway-prod not found"):
        elsewhere.get_environment(Name="slipway-prod")
    with pytest.raises(elsewhere.exceptions.ResourceNotFoundException, match="slipway-prod not found"):
        invoke(elsewhere)


def test_an_environment_says_what_deployments_need(mwaa: Any) -> None:
    """Where DAG files go, which Airflow parses them, which role tasks have."""
    told = mwaa.get_environment(Name="slipway-prod")["Environment"]
    assert told["Status"] == "AVAILABLE"
    assert told["AirflowVersion"] == airflow_version()
    assert told["SourceBucketArn"] == f"arn:aws:s3:::{FOUNDING.dag_buckets['prod']}"
    assert told["DagS3Path"] == "dags"
    assert told["ExecutionRoleArn"] == "arn:aws:iam::444455556666:role/slipway-prod-airflow"


def test_the_locked_airflow_is_one_that_mwaa_offers(mwaa: Any) -> None:
    """The SDK's own documentation of the API lists the versions."""
    shape = mwaa.meta.service_model.shape_for("CreateEnvironmentInput")
    assert airflow_version() in shape.members["AirflowVersion"].documentation


def test_a_call_reaches_airflow_as_its_user(mwaa: Any, airflow: PlayedAirflow) -> None:
    """With query and body; the caller never learns the password."""
    airflow.body = b'{"dag_id": "x"}'
    answer = invoke(
        mwaa,
        Path="/dags/a:b",
        Method="PATCH",
        QueryParameters={"tags": ["p", "q r"]},
        Body={"is_paused": True},
    )
    assert (answer["RestApiStatusCode"], answer["RestApiResponse"]) == (200, {"dag_id": "x"})
    ((method, path, headers, body),) = airflow.asked
    assert (method, path) == ("PATCH", "/api/v1/dags/a:b?tags=p&tags=q+r")
    assert json.loads(body) == {"is_paused": True}
    secret = derived_secret(FOUNDING.airflow_secret, "prod", Purpose.REST)
    assert headers["Authorization"] == "Basic " + base64.b64encode(f"mwaa:{secret}".encode()).decode()


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "RestApiClientException"), (409, "RestApiClientException"), (503, "RestApiServerException")],
)
def test_airflow_s_refusals_become_exceptions_with_its_answer(
    mwaa: Any, airflow: PlayedAirflow, status: int, code: str
) -> None:
    """Status and body are members of the exception, as its model says."""
    airflow.status, airflow.body = status, b'{"title": "no"}'
    with pytest.raises(ClientError) as caught:
        invoke(mwaa)
    told: Any = caught.value.response
    assert told["Error"]["Code"] == code
    assert (told["RestApiStatusCode"], told["RestApiResponse"]) == (status, {"title": "no"})


def test_an_answer_without_a_body_is_an_empty_document(mwaa: Any, airflow: PlayedAirflow) -> None:
    """Airflow deletes with 204."""
    airflow.status, airflow.body = 204, b""
    assert invoke(mwaa, Method="DELETE", Path="/dags/x")["RestApiResponse"] == {}


def test_an_airflow_that_does_not_answer_is_said_so(mwaa: Any) -> None:
    """Nobody plays it here."""
    with pytest.raises(ClientError, match="the Airflow of slipway-prod does not answer"):
        invoke(mwaa)


@pytest.mark.parametrize("path", ["dags", "http://elsewhere/"])
def test_a_path_that_is_none_is_refused(mwaa: Any, path: str) -> None:
    """Before anything is called."""
    with pytest.raises(mwaa.exceptions.ValidationException, match="not a call of Airflow's REST API"):
        invoke(mwaa, Path=path)


def test_what_is_not_served_is_refused_by_name(mwaa: Any) -> None:
    """Never by an answer that looks right."""
    for refused, call in {
        "CreateCliToken": mwaa.create_cli_token,
        "CreateWebLoginToken": mwaa.create_web_login_token,
    }.items():
        with pytest.raises(ClientError, match=f"the sandbox does not support airflow {refused}"):
            call(Name="slipway-prod")


def test_tasks_are_their_environment_s_execution_role(cloud: Cloud) -> None:
    """With credentials that an SDK can renew for ever."""
    url = f"{cloud.url}/_slipway/airflow-credentials/prod"
    token = derived_secret(FOUNDING.airflow_secret, "prod", Purpose.CREDENTIALS)
    given = requests.get(url, headers={"Authorization": token}, timeout=10).json()
    session = boto3.client(
        "sts",
        endpoint_url=cloud.url,
        region_name="us-east-1",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["Token"],
    )
    assert session.get_caller_identity()["Arn"] == (
        "arn:aws:sts::444455556666:assumed-role/slipway-prod-airflow/airflow"
    )
    wrong = requests.get(url, headers={"Authorization": "guess"}, timeout=10)
    assert (wrong.status_code, "AccessKeyId" in wrong.text) == (403, False)
    absent = requests.get(url.replace("prod", "dev"), headers={"Authorization": token}, timeout=10)
    assert absent.status_code == 404
