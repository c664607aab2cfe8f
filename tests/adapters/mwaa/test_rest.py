"""What is called again, and what a failure is called."""

from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from slipway.adapters.mwaa.rest import Method, Refusal, RestApi, segment
from slipway.ports.orchestrator import OrchestratorError


class Mwaa:
    """MWAA's client: it raises or answers what it is told to, one after the other."""

    def __init__(self, answers: Sequence[Any]) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def get_environment(self, **_: Any) -> Any:
        """Answer a status."""
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return {"Environment": {"Status": answer}}

    def invoke_rest_api(self, **request: Any) -> Any:
        """Answer."""
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return {"RestApiStatusCode": 200, "RestApiResponse": answer}


def error(code: str, **members: Any) -> ClientError:
    """An exception of MWAA."""
    return ClientError({"Error": {"Code": code, "Message": "told"}, **members}, "InvokeRestApi")  # type: ignore[arg-type,typeddict-item,unused-ignore]


LOST = EndpointConnectionError(endpoint_url="https://env.airflow")


def rest(*answers: Any) -> tuple[RestApi, Mwaa, list[float]]:
    """An API over answers, its client, and the waits between tries."""
    client, waits = Mwaa(answers), list[float]()
    return RestApi(client, "slipway-prod", pause=waits.append), client, waits


@pytest.mark.parametrize("failure", [LOST, error("RestApiServerException"), error("ThrottlingException")])
def test_a_call_that_got_lost_is_made_again(failure: Exception) -> None:
    """Reads, and writes that the second time find what they wanted."""
    api, client, waits = rest(failure, failure, {"dag_id": "x"})
    assert api.call(Method.GET, "/dags/x", query={"fields": ["dag_id"]}) == {"dag_id": "x"}
    assert (len(client.asked), len(waits)) == (3, 2)
    assert client.asked[0] == {
        "Name": "slipway-prod",
        "Method": "GET",
        "Path": "/dags/x",
        "QueryParameters": {"fields": ["dag_id"]},
    }


def test_there_is_an_end_to_trying() -> None:
    """The caller's stage parks or fails; this does not."""
    api, client, _ = rest(LOST, LOST, LOST, {})
    with pytest.raises(OrchestratorError, match="Airflow of slipway-prod: AWS does not answer"):
        api.call(Method.GET, "/dags")
    assert len(client.asked) == 3


def test_what_repeating_does_not_change_is_said_at_once() -> None:
    """Rights, for one."""
    api, client, _ = rest(error("AccessDeniedException"), {})
    with pytest.raises(OrchestratorError, match="AWS answers AccessDeniedException: told") as caught:
        api.call(Method.GET, "/dags")
    assert "aws sts get-caller-identity" in caught.value.remedy
    assert len(client.asked) == 1


def test_airflow_s_refusal_is_an_answer() -> None:
    """Each caller knows which of them it expects; nobody else does."""
    told = {"RestApiStatusCode": 409, "RestApiResponse": {"title": "Conflict", "detail": "it\nexists"}}
    api, _, _ = rest(error("RestApiClientException", **told), error("RestApiClientException", **told))
    refusal = api.call(Method.POST, "/variables")
    assert refusal == Refusal(status=409, title="Conflict", detail="it exists")
    assert refusal.is_conflict
    with pytest.raises(OrchestratorError, match="refuses POST /variables: 409 Conflict: it exists"):
        api.expect(Method.POST, "/variables")


def test_a_list_is_read_to_its_end() -> None:
    """Airflow gives a hundred at a time."""
    first = {"dags": [{"n": n} for n in range(100)], "total_entries": 101}
    api, client, _ = rest(first, {"dags": [{"n": 100}], "total_entries": 101})
    assert [each["n"] for each in api.pages("/dags", "dags", {"state": ["queued"]})] == list(range(101))
    assert [each["QueryParameters"]["offset"] for each in client.asked] == [0, 100]


def test_an_id_is_one_part_of_a_path() -> None:
    """Airflow's own run ids hold colons and plus signs."""
    assert segment("manual__2026-01-01T00:00:00+00:00/x") == "manual__2026-01-01T00%3A00%3A00%2B00%3A00%2Fx"


@pytest.mark.parametrize(
    ("answer", "there"),
    [
        ("AVAILABLE", True),
        ("UPDATING", True),
        ("UNAVAILABLE", True),
        ("CREATING", False),
        ("PENDING", False),
        (error("ResourceNotFoundException"), False),
    ],
)
def test_an_airflow_that_is_down_is_there(answer: Any, *, there: bool) -> None:
    """A release that took it for absent would leave its DAGs behind without a word."""
    api, _, _ = rest(answer)
    assert api.is_there() is there
