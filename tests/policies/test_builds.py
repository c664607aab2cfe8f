"""Rules about builds: what CodeBuild may do, for how long, and as whom."""

from typing import Any

import pytest
import yaml

from policies.rules.builds import (
    BUILD_FORKS,
    BUILD_LOG,
    BUILD_NETWORK,
    BUILD_PRIVILEGES,
    BUILD_SECRETS,
    BUILD_TIME,
    BUILD_UNREVIEWED,
)
from policies.rules.rule import Node
from tests.policies.judged import judge_of, node_of, urn_of
from tests.policies.placed import Unknown, judged_at, judged_graph, moved, resource_at, undecided_at

PROJECT = "aws:codebuild/project:Project"
WEBHOOK = "aws:codebuild/webhook:Webhook"
ROLE = "aws:iam/role:Role"
OPENED = "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_REOPENED"
PASSWORD_URL = "postgres://loader:hunter2@db.example/x"


@pytest.mark.parametrize(("environment", "found"), [({}, 0), ({"privilegedMode": False}, 0), (None, 0)])
def test_a_build_is_not_privileged(environment: dict[str, Any] | None, found: int) -> None:
    """Nor is one about which nothing is said."""
    assert len(judged_at(BUILD_PRIVILEGES, PROJECT, {"environment": environment})) == found


def test_a_privileged_build_is_refused() -> None:
    """It owns its host."""
    assert judged_at(BUILD_PRIVILEGES, PROJECT, {"environment": {"privilegedMode": True}}) == [
        "runs its builds privileged; none needs a Docker daemon of its own"
    ]


def _variable(name: str, value: str = "x", **more: str) -> list[str]:
    variables = [{"name": name, "value": value, **more}]
    return judged_at(BUILD_SECRETS, PROJECT, {"environment": {"environmentVariables": variables}})


@pytest.mark.parametrize(
    "name",
    [
        "DB_PASSWORD",
        "dbPassword",
        "PASSWORD_OF_LOADER",
        "SMTP_PASSWD",
        "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE",
        "CLIENT_SECRET",
        "APIKEY",
        "GITHUB_TOKEN",
        "TOKENS",
        "token",
        "AWS_CREDENTIALS",
        "CREDENTIAL",
        "DB_PASS",
        "API_KEY",
        "DATADOG_API_KEYS",
        "AWS_ACCESS_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "SNOWFLAKE_PRIVATE_KEY",
        "PRIVATE_KEY_PEM",
        "SIGNING_KEY",
        "ENCRYPTION_KEY",
    ],
)
def test_a_name_says_that_it_is_a_secret(name: str) -> None:
    """Whatever its value; that is never told."""
    told = f"has the variable {name} in plain text, and its name says that it is a secret"
    assert _variable(name) == [told]
    assert _variable(name, type="PLAINTEXT") == [told]


@pytest.mark.parametrize("type_", ["PARAMETER_STORE", "SECRETS_MANAGER"])
def test_a_secret_that_is_kept_elsewhere_is_fine(type_: str) -> None:
    """The value is only where it is."""
    assert _variable("DB_PASSWORD", "slipway/prod/deploy:password", type=type_) == []


@pytest.mark.parametrize(
    "name",
    [
        "SLIPWAY_TARGET",
        "PATIENCE_MINUTES",
        "TOKENIZER",
        "SORT_KEY",
        "PUBLIC_KEY",
        "PASSENGERS",
        "DB_PASS_COUNT",
        "KEYBOARD_API",
        "SECRET_ARN",
        "SECRET_NAME",
        "ACCESS_KEY_ID",
        "TOKEN_URL",
        "TOKEN_URI",
        "PRIVATE_KEY_PATH",
        "PASSWORD_FILE",
        "SIGNING_KEY_ALIAS",
    ],
)
def test_a_name_that_only_sounds_like_it_is_fine(name: str) -> None:
    """And so is one that says where a secret is."""
    assert _variable(name) == []


@pytest.mark.parametrize(
    "value",
    [
        "-----BEGIN RSA PRIVATE KEY-----\nMII",
        "-----BEGIN PRIVATE KEY-----",
        "AKIA" + "A1B2C3D4E5F6G7H8",
        "ASIA" + "A1B2C3D4E5F6G7H8",
        "ghp_" + "a" * 36,
        "github_pat_" + "a1" * 11,
        "xoxb-" + "1234567890",
        "eyJ" + "a" * 10 + ".eyJ" + "b" * 10 + ".sig",
        PASSWORD_URL,
    ],
)
def test_a_value_is_a_secret_whatever_it_is_called(value: str) -> None:
    """By what its issuer begins it with."""
    assert _variable("TARGET", value) == [
        "has a key, a token or a password in its plain-text variable TARGET"
    ]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "https://example.org:8080/x@y",
        "arn:aws:iam::111122223333:role/AKIARIA",
        "-----BEGIN CERTIFICATE-----",
        "AKIA" + "A1B2C3D4E5F6G7H",
        "ghp_short",
    ],
)
def test_a_value_that_only_looks_like_it_is_fine(value: str) -> None:
    """A port is no password, a certificate no key."""
    assert _variable("TARGET", value) == []


def _spec(buildspec: Any) -> list[str]:
    text = buildspec if isinstance(buildspec, str) else yaml.safe_dump(buildspec)
    return judged_at(BUILD_SECRETS, PROJECT, {"source": {"buildspec": text}})


def test_variables_of_a_buildspec_are_plain_text_too() -> None:
    """By name and by value; what its secrets manager holds is not."""
    found = _spec({"env": {"variables": {"DB_PASSWORD": "x", "URL": PASSWORD_URL, "MINUTES": 5}}})
    assert found == [
        "has the variable DB_PASSWORD in plain text, and its name says that it is a secret",
        "has a key, a token or a password in its plain-text variable URL",
    ]
    assert _spec({"env": {"secrets-manager": {"DB_PASSWORD": "slipway/prod/deploy:password"}}}) == []


@pytest.mark.parametrize(
    "buildspec",
    ["", "buildspecs/check.yml", "- a", "env: text", "env:", "env: {variables: }", "a: [", {"phases": {}}],
)
def test_a_buildspec_without_variables_has_no_secrets(buildspec: Any) -> None:
    """A path, a text that is none, nothing in it."""
    assert _spec(buildspec) == []


def test_what_is_known_is_judged_before_what_is_not() -> None:
    """A buildspec may be made of ARNs that come with the update."""
    assert undecided_at(BUILD_SECRETS, PROJECT, {"source": Unknown({}, "buildspec")})
    variables = [{"name": "DB_PASSWORD", "value": "x"}]
    known = {"environment": {"environmentVariables": variables}, "source": Unknown({}, "buildspec")}
    judge = judge_of()
    assert len(judge.resource(BUILD_SECRETS, resource_at(PROJECT, known), BUILD_SECRETS.limits())) == 1
    assert len(judge.undecided) == 1


def test_a_value_is_not_read_where_its_name_is_enough() -> None:
    """It may be one that is known only after the update."""
    variables = [Unknown({"name": "DB_PASSWORD"}, "value")]
    environment = {"environment": {"environmentVariables": variables}}
    assert len(judged_at(BUILD_SECRETS, PROJECT, environment)) == 1


@pytest.mark.parametrize(
    ("name", "stack", "most"),
    [
        ("slipway-prod-rollback", "prod", 15),
        ("slipway-prod-deploy", "prod", 30),
        ("slipway-prod-tick", "prod", 480),
        ("slipway-prod-janitor", "prod", 30),
        ("slipway-shared-build", "shared", 30),
        ("slipway-shared-sign", "shared", 15),
        ("slipway-dev-check", "dev", 12),
        ("slipway-prod-observe", "prod", 5),
        ("slipway-shared-audit", "shared", 60),
        ("slipway-prod-else", "prod", 60),
        ("slipway-dev-check", "prod", 60),
        ("check", "prod", 60),
        (None, "prod", 60),
    ],
)
def test_a_duty_has_its_time(name: str | None, stack: str, most: int) -> None:
    """Its name tells the duty, in its own stack; the boundary is still in time."""

    def found(minutes: int) -> list[str]:
        return judged_at(BUILD_TIME, PROJECT, {"name": name, "buildTimeout": float(minutes)}, stack=stack)

    assert found(most) == []
    assert found(most + 1) == [f"ends a build after {most + 1} minutes; it has {most} at most"]


def test_codebuilds_own_limit_is_an_hour() -> None:
    """Where nothing is said."""
    assert judged_at(BUILD_TIME, PROJECT, {}) == []
    assert judged_at(BUILD_TIME, PROJECT, {}, others=59) == [
        "ends a build after 60 minutes; it has 59 at most"
    ]


@pytest.mark.parametrize(
    ("batch", "told"),
    [
        (None, ""),
        ({"timeoutInMins": 28.0}, ""),
        ({"timeoutInMins": 29.0}, "29"),
        ({"serviceRole": "arn"}, "480"),
    ],
)
def test_a_batch_ends_in_time(batch: dict[str, Any] | None, told: str) -> None:
    """By itself it may take eight hours; builds that wait for a machine have time for it."""
    project = {"name": "slipway-dev-check", "buildTimeout": 12.0, "buildBatchConfig": batch}
    expected = [f"ends a batch after {told} minutes; it has 28 at most"] if told else []
    assert judged_at(BUILD_TIME, PROJECT, project, stack="dev") == expected


@pytest.mark.parametrize(
    ("network", "lacks"),
    [
        ({"subnets": ["s"], "securityGroupIds": ["g"]}, ""),
        ({"subnets": [], "securityGroupIds": ["g"]}, "no subnets"),
        ({"subnets": ["s"]}, "no securityGroupIds"),
        (None, "no subnets and no securityGroupIds"),
    ],
)
def test_a_build_is_in_the_network(network: dict[str, Any] | None, lacks: str) -> None:
    """Ids that are not known yet are not read."""
    expected = [f"builds outside of the network: it has {lacks}"] if lacks else []
    told = None if network is None else Unknown(network, "vpcId")
    assert judged_at(BUILD_NETWORK, PROJECT, {"vpcConfig": told}) == expected


@pytest.mark.parametrize(
    ("logs", "found"),
    [
        (None, 0),
        ({}, 0),
        ({"cloudwatchLogs": {}}, 0),
        ({"cloudwatchLogs": {"status": "ENABLED"}}, 0),
        ({"cloudwatchLogs": {"status": "DISABLED"}}, 1),
    ],
)
def test_a_build_writes_its_log(logs: dict[str, Any] | None, found: int) -> None:
    """As it does where nothing is said."""
    told = ["has its log switched off; a build has to write to CloudWatch"][:found]
    assert judged_at(BUILD_LOG, PROJECT, {"logsConfig": logs}) == told


def _groups(*events: str) -> list[dict[str, Any]]:
    return [
        {
            "filters": [
                {"type": "EVENT", "pattern": each},
                {"type": "HEAD_REF", "pattern": "^refs/heads/main$"},
            ]
        }
        for each in events
    ]


@pytest.mark.parametrize(
    "groups",
    [
        None,
        [],
        [{}],
        [{"filters": []}],
        [{"filters": [{"type": "HEAD_REF", "pattern": "PUSH"}]}],
        _groups(OPENED),
        _groups("PULL_REQUEST_CREATED"),
        _groups("PULL_REQUEST_UPDATED"),
        _groups("PULL_REQUEST_REOPENED"),
        _groups("PULL_REQUEST_CLOSED"),
        _groups("PUSH", "PUSH, PULL_REQUEST_CREATED"),
    ],
)
def test_a_stranger_waits(groups: Any) -> None:
    """Wherever a pull request starts a build: without filters, or in one group of several."""
    told = "those of forks have to wait: FORK_PULL_REQUESTS or ALL_PULL_REQUESTS"
    webhook = {"filterGroups": groups}
    assert judged_at(BUILD_FORKS, WEBHOOK, webhook) == [
        f"builds pull requests with requiresCommentApproval unset; {told}"
    ]
    open_ = {**webhook, "pullRequestBuildPolicy": {"requiresCommentApproval": "DISABLED"}}
    assert judged_at(BUILD_FORKS, WEBHOOK, open_) == [
        f"builds pull requests with requiresCommentApproval DISABLED; {told}"
    ]
    for policy in ("FORK_PULL_REQUESTS", "ALL_PULL_REQUESTS"):
        waits = {**webhook, "pullRequestBuildPolicy": {"requiresCommentApproval": policy}}
        assert judged_at(BUILD_FORKS, WEBHOOK, waits) == []


@pytest.mark.parametrize("events", ["PUSH", "PULL_REQUEST_MERGED", "RELEASED", "PUSH, PULL_REQUEST_MERGED"])
def test_what_is_merged_waits_for_nobody(events: str) -> None:
    """It has been reviewed."""
    assert judged_at(BUILD_FORKS, WEBHOOK, {"filterGroups": _groups(events)}) == []


def _built(role: str, *, events: str = OPENED) -> list[Node]:
    return [
        node_of(ROLE, {"name": role}, name="runs"),
        node_of(PROJECT, {"name": "p", "serviceRole": f"arn:aws:iam::1:role/path/{role}"}, name="project"),
        node_of(WEBHOOK, {"projectName": "p", "filterGroups": _groups(events)}),
    ]


def _unreviewed(nodes: list[Node], **limits: Any) -> list[str]:
    found = judged_graph(BUILD_UNREVIEWED, nodes, **limits)
    assert all("aws:codebuild/webhook" in urn for urn, _ in found)
    return [message.removeprefix(f"{WEBHOOK} 'lake' ") for _, message in found]


WRONG = "builds pull requests as slipway-prod-{}; code that nobody has reviewed runs as slipway-prod-check"


def test_pull_requests_are_built_as_checks() -> None:
    """By the name in the project's role."""
    assert _unreviewed(_built("slipway-prod-check")) == []
    assert _unreviewed(_built("slipway-prod-deploy")) == [WRONG.format("deploy")]
    assert _unreviewed(_built("slipway-dev-check")) == [WRONG.replace("slipway-prod-{}", "slipway-dev-check")]
    assert _unreviewed([moved(each, "dev") for each in _built("slipway-dev-check")]) == []
    assert _unreviewed(_built("slipway-prod-deploy"), duties=["check", "deploy"]) == []


def test_what_is_merged_is_built_as_its_duty_wants() -> None:
    """The rule is about what nobody has reviewed."""
    assert _unreviewed(_built("slipway-prod-build", events="PUSH")) == []


def _linked(role: str, *, named: bool = True) -> list[Node]:
    """A project and a webhook that take role and project from resources which are not made yet."""
    runs = node_of(ROLE, {"name": role}, name="runs")
    other = node_of("aws:kms/key:Key", {}, name="key")
    project = node_of(PROJECT, Unknown({"name": "p"}, "serviceRole"), name="project")
    project = Node(
        resource=project.resource,
        sources={"serviceRole": ("urn:gone", other.resource.urn, runs.resource.urn)},
    )
    webhook = node_of(
        WEBHOOK,
        Unknown({"filterGroups": _groups(OPENED)}, "projectName"),
        projectName=project.resource.urn if named else "urn:elsewhere",
    )
    return [runs, other, project, webhook]


def test_a_role_is_known_before_its_arn() -> None:
    """By the resource that it comes from."""
    assert _unreviewed(_linked("slipway-prod-check")) == []
    assert _unreviewed(_linked("slipway-prod-deploy")) == [WRONG.format("deploy")]


def test_a_project_that_nobody_sees_is_none_to_trust() -> None:
    """Neither one of another name nor one that comes from elsewhere."""
    told = "builds pull requests in a project that the stack does not have, and nobody sees as what"
    assert _unreviewed(_built("slipway-prod-check")[2:]) == [told]
    other = node_of(PROJECT, {"name": "q", "serviceRole": "arn:aws:iam::1:role/slipway-prod-check"})
    assert _unreviewed([other, *_built("x")[2:]]) == [told]
    assert _unreviewed(_linked("slipway-prod-check", named=False)) == [told]


def test_one_project_among_several_is_the_webhooks() -> None:
    """By where its name comes from, not by its place."""
    first = node_of(
        PROJECT, {"name": "q", "serviceRole": "arn:aws:iam::1:role/slipway-prod-deploy"}, name="q"
    )
    assert _unreviewed([first, *_linked("slipway-prod-check")]) == []
    assert _unreviewed([first, *_built("slipway-prod-check")]) == []
    assert urn_of(PROJECT, "q") == first.resource.urn
