"""What Airflow parses is the generation that the pointer names, whole, and each pipeline's own."""

from collections.abc import Callable
from typing import Any

import pytest

from slipway.model.digest import hex_of, short
from slipway.ports.orchestrator import DagMissing, RunId, RunState
from tests.integration.orchestrator.conftest import Pipeline, until

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("airflow")]

WHO_AM_I = '''\
"""Airflow DAG of a test."""
from datetime import datetime
from airflow.models.dag import DAG
from airflow.operators.python import PythonOperator
def say():
    import boto3
    from helpers import WORD
    who = boto3.client("sts").get_caller_identity()["Arn"]
    boto3.client("s3").put_object(Bucket=WORD, Key="said", Body=who.encode())
with DAG("{dag}", start_date=datetime(2026, 1, 1), schedule=None, is_paused_upon_creation=False):
    PythonOperator(task_id="say", python_callable=say)
'''


def test_the_pointer_goes_forward_and_back(pipeline: Callable[[], Pipeline]) -> None:
    """Airflow itself says, by a tag, which files it has read."""
    flow = pipeline()
    with pytest.raises(DagMissing, match=f"does not know DAG '{flow.dag}'"):
        flow.orchestrator.dag(flow.dag)
    first = flow.publish("one")
    until(lambda: flow.parsed() == first)
    second = flow.publish("two", "echo two")
    until(lambda: flow.parsed() == second)
    flow.store.point(flow.name, first)
    assert flow.store.pointed(flow.name) == first
    until(lambda: flow.parsed() == first)
    flow.store.point(flow.name, None)
    until(lambda: flow.parsed() is None)
    assert flow.problem() is None


def test_a_broken_pipeline_is_named_and_nobody_else_notices(
    pipeline: Callable[[], Pipeline], s3: Any, bucket: str
) -> None:
    """Code that fails, and a generation of which a file is missing."""
    good, broken = pipeline(), pipeline()
    generation = good.publish("good")
    failing = broken.publish("broken", code='"""Airflow DAG."""\nraise KeyError("no such setting")\n')
    problem = until(broken.problem)
    assert (
        f"pipeline {broken.name}, generation {short(failing)}: flow.py: KeyError: 'no such setting'"
        in problem
    )
    until(lambda: good.parsed() == generation)
    assert good.problem() is None
    repaired = broken.publish("repaired")
    until(lambda: broken.parsed() == repaired)
    until(lambda: broken.problem() is None)
    key = f"dags/slipway/generations/{hex_of(repaired)}/helpers/__init__.py"
    s3.delete_object(Bucket=bucket, Key=key)
    assert "helpers/__init__.py has not arrived yet" in until(broken.problem)
    s3.put_object(Bucket=bucket, Key=key, Body=b"WORD = 'repaired'\n")
    until(lambda: broken.problem() is None)


def test_a_task_imports_from_its_own_generation_as_its_environment_s_role(
    pipeline: Callable[[], Pipeline], s3: Any, bucket: str
) -> None:
    """Also what it imports while it runs, beside a pipeline whose helpers have the same name."""
    other, flow = pipeline(), pipeline()
    other.publish("another-word")
    flow.publish(bucket, code=WHO_AM_I.format(dag=flow.dag))
    until(flow.parsed)
    run = RunId("slipway__d-1")
    begun = flow.orchestrator.trigger(flow.dag, run, conf={"slipway_release": "d-1"})
    assert begun.id == run
    until(lambda: flow.orchestrator.run(flow.dag, run).state.is_over)
    assert flow.orchestrator.run(flow.dag, run).state is RunState.SUCCESS
    said = s3.get_object(Bucket=bucket, Key="said")["Body"].read().decode()
    assert said == "arn:aws:sts::444455556666:assumed-role/slipway-prod-airflow/airflow"
