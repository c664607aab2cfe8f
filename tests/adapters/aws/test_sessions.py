"""Credentials of a session as another process takes them."""

from pathlib import Path

import boto3
import pytest

from slipway.adapters.aws import assumed, own_session, variables_of
from slipway.ports.stack_engine import StackEngineError

SUBJECT = "the role that changes dev's pipelines"
APPLIER = "arn:aws:iam::222233334444:role/slipway-applier-dev"


def test_a_sessions_credentials_are_variables() -> None:
    """The three that every tool of AWS reads, and nothing else."""
    session = boto3.Session(
        aws_access_key_id="AKIA", aws_secret_access_key="secret", aws_session_token="token"
    )
    assert variables_of(session, SUBJECT) == {
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
    }


def test_without_credentials_the_subject_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nobody is logged in."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    session = assumed(own_session("us-east-1"), APPLIER, session_name="build")
    with pytest.raises(StackEngineError, match=f"{SUBJECT}: there are no AWS credentials") as caught:
        variables_of(session, SUBJECT)
    assert caught.value.remedy


def test_where_aws_does_not_answer_the_subject_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The role is taken when the variables are asked for, not when the session is opened."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    session = assumed(own_session("us-east-1"), APPLIER, session_name="build")
    with pytest.raises(StackEngineError, match=SUBJECT):
        variables_of(session, SUBJECT)
