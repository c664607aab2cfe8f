"""What runs in CodeBuild: without privileges, without secrets in the open, for so long, in the network."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml
from pydantic import Field

from policies.rules.place import Amount, stack_of
from policies.rules.rule import Graph, GraphRule, Node, NoLimits, Resource, Rule, Violation, every
from policies.rules.values import block, number, said
from slipway.model.frozen import Frozen
from slipway.model.policy_report import Severity

_PROJECT: Final = "aws:codebuild/project:Project"
_WEBHOOK: Final = "aws:codebuild/webhook:Webhook"
_ROLE: Final = "aws:iam/role:Role"

# What CodeBuild does where nothing is said: its API reference, CreateProject and ProjectBuildBatchConfig.
_BUILD_MINUTES: Final = 60
_BATCH_MINUTES: Final = 480
_PLAINTEXT: Final = "PLAINTEXT"

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_NAME: Final = re.compile(
    r"password|passwd|passphrase|secret|apikey"
    r"|(^|_)(token|credential)s?(_|$)|_pass$"
    r"|(^|_)(api|access|private|signing|encryption)_keys?(_|$)"
)
_REFERENCE: Final = re.compile(r"_(arn|name|id|url|uri|path|file|alias)$")
"""The end of a name whose value says where something is, not what it is."""
_SECRET_VALUE: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\b(AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22}"
    r"|\bxox[abprs]-[A-Za-z0-9-]{10}"
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\."
    r"|://[^/\s:@]+:[^/\s@]+@"
)
"""Keys and tokens by what their issuers begin them with, and passwords in URLs."""

# Code that nobody has reviewed: not a pull request's merge. CodeBuild user guide, "GitHub webhook events".
_UNREVIEWED: Final = frozenset(
    {"PULL_REQUEST_CREATED", "PULL_REQUEST_UPDATED", "PULL_REQUEST_REOPENED", "PULL_REQUEST_CLOSED"}
)
_FORKS_WAIT: Final = ("FORK_PULL_REQUESTS", "ALL_PULL_REQUESTS")


_MINUTES: Final = {
    "audit": 60,
    "build": 30,
    "check": 12,
    "deploy": 30,
    "janitor": 30,
    "observe": 5,
    "rollback": 15,
    "sign": 15,
    "tick": 480,
}
"""Promised: a pull request is validated in 12, a critical pipeline recovers in 15. A tick ends the rest."""


class TimeLimits(Frozen):
    """After how many minutes a build has to be ended.

    Attributes:
        duties: by what ends the name of the platform's own projects: `slipway-<stack>-<duty>`.
        others: for every other project.
        batch: a batch, in which builds wait for a machine as well, may take so many minutes more.
    """

    duties: dict[str, Amount] = Field(default=_MINUTES)
    others: Amount = 60
    batch: Amount = 16


class UnreviewedLimits(Frozen):
    """What may run code that nobody has reviewed.

    Attributes:
        duties: the platform's roles that may: `slipway-<stack>-<duty>`.
    """

    duties: tuple[str, ...] = ("check",)


def _privileged(resource: Resource, _: NoLimits) -> Iterator[str]:
    if block(resource.properties, "environment").get("privilegedMode"):
        yield f"{resource.told} runs its builds privileged; none needs a Docker daemon of its own"


def _open_secrets(resource: Resource, _: NoLimits) -> Iterator[str]:
    """Known values first: a buildspec may be known only after the update."""
    environment = block(resource.properties, "environment")
    for variable in environment.get("environmentVariables") or ():
        if variable.get("type", _PLAINTEXT) == _PLAINTEXT:
            yield from _open(resource, variable["name"], variable, "value")
    variables = _buildspec_variables(block(resource.properties, "source").get("buildspec"))
    for name in variables:
        yield from _open(resource, name, variables, name)


def _open(resource: Resource, name: str, holder: Mapping[str, Any], key: str) -> Iterator[str]:
    """Say what is secret about a variable; its value is read only where its name says nothing."""
    words = "_".join(_WORD.findall(name)).lower()
    if _SECRET_NAME.search(words) and not _REFERENCE.search(words):
        yield f"{resource.told} has the variable {name} in plain text, and its name says that it is a secret"
    elif _SECRET_VALUE.search(str(holder[key])):
        yield f"{resource.told} has a key, a token or a password in its plain-text variable {name}"


def _buildspec_variables(buildspec: str | None) -> Mapping[str, Any]:
    """Return the plain-text variables of a buildspec; one that names a file has none to see."""
    try:
        spec = yaml.safe_load(buildspec or "")
    except yaml.YAMLError:
        return {}
    env = spec.get("env") if isinstance(spec, dict) else None
    return (env.get("variables") or {}) if isinstance(env, dict) else {}


def _endless(resource: Resource, limits: TimeLimits) -> Iterator[str]:
    most = limits.duties.get(_duty(resource), limits.others)
    minutes = number(resource.properties.get("buildTimeout"), _BUILD_MINUTES)
    if minutes > most:
        yield f"{resource.told} ends a build after {said(minutes)} minutes; it has {most} at most"
    batch = resource.properties.get("buildBatchConfig")
    if batch:
        minutes = number(batch.get("timeoutInMins"), _BATCH_MINUTES)
        most += limits.batch
        if minutes > most:
            yield f"{resource.told} ends a batch after {said(minutes)} minutes; it has {most} at most"


def _duty(resource: Resource) -> str:
    prefix = f"slipway-{stack_of(resource.urn)}-"
    name = str(resource.properties.get("name"))
    return name.removeprefix(prefix) if name.startswith(prefix) else ""


def _outside(resource: Resource, _: NoLimits) -> Iterator[str]:
    network = block(resource.properties, "vpcConfig")
    missing = [each for each in ("subnets", "securityGroupIds") if not network.get(each)]
    if missing:
        yield f"{resource.told} builds outside of the network: it has no {' and no '.join(missing)}"


def _unlogged(resource: Resource, _: NoLimits) -> Iterator[str]:
    """Where nothing is said, CodeBuild writes to CloudWatch."""
    logs = block(block(resource.properties, "logsConfig"), "cloudwatchLogs")
    if logs.get("status", "ENABLED") != "ENABLED":
        yield f"{resource.told} has its log switched off; a build has to write to CloudWatch"


def _hurried(resource: Resource, _: NoLimits) -> Iterator[str]:
    policy = block(resource.properties, "pullRequestBuildPolicy").get("requiresCommentApproval")
    if policy not in _FORKS_WAIT and _builds_unreviewed(resource):
        yield (
            f"{resource.told} builds pull requests with requiresCommentApproval {policy or 'unset'}; those "
            f"of forks have to wait: {' or '.join(_FORKS_WAIT)}"
        )


def _builds_unreviewed(webhook: Resource) -> bool:
    """Whether a pull request starts it; without filters everything does."""
    groups = webhook.properties.get("filterGroups")
    return not groups or any(_is_unreviewed(group.get("filters") or ()) for group in groups)


def _is_unreviewed(filters: Any) -> bool:
    patterns = [each["pattern"] for each in filters if each.get("type") == "EVENT"]
    events = {event.strip() for pattern in patterns for event in pattern.split(",")}
    return not patterns or bool(events & _UNREVIEWED)


def _wrong_role(graph: Graph, webhook: Node, limits: UnreviewedLimits) -> Iterator[Violation]:
    if _builds_unreviewed(webhook.resource):
        for message in _role_of(webhook, graph, limits):
            yield Violation(urn=webhook.resource.urn, message=message)


def _role_of(webhook: Node, graph: Graph, limits: UnreviewedLimits) -> Iterator[str]:
    project = _project(webhook, graph)
    if project is None:
        yield (
            f"{webhook.resource.told} builds pull requests in a project that the stack does not have, and "
            "nobody sees as what"
        )
        return
    stack = stack_of(webhook.resource.urn)
    allowed = [f"slipway-{stack}-{duty}" for duty in limits.duties]
    role = _role_name(project, graph)
    if role not in allowed:
        yield (
            f"{webhook.resource.told} builds pull requests as {role}; code that nobody has reviewed runs as "
            f"{' or '.join(allowed)}"
        )


def _project(webhook: Node, graph: Graph) -> Node | None:
    sources = webhook.sources.get("projectName", ())
    for project in graph.of(_PROJECT):
        if project.resource.urn in sources:
            return project
    if sources:
        return None
    name = webhook.resource.properties.get("projectName")
    return next((each for each in graph.of(_PROJECT) if each.resource.properties.get("name") == name), None)


def _role_name(project: Node, graph: Graph) -> str:
    """Return what a project's role is called; where it comes from tells it before the update already."""
    sources = [graph.by_urn[urn] for urn in project.sources.get("serviceRole", ()) if urn in graph.by_urn]
    for source in sources:
        if source.resource.type == _ROLE:
            return str(source.resource.properties.get("name"))
    return str(project.resource.properties.get("serviceRole")).rpartition("/")[2]


_PROJECTS: Final = frozenset({_PROJECT})

BUILD_PRIVILEGES: Final = Rule(
    id="build-privileges",
    severity=Severity.HIGH,
    frameworks=("CIS AWS", "SOX ITGC"),
    rationale="A privileged build owns its host, with what other builds have left there.",
    remedy="Set privilegedMode to false; build images where that is the only duty.",
    limits=NoLimits,
    judges=_PROJECTS,
    violations=_privileged,
)
BUILD_SECRETS: Final = Rule(
    id="build-secrets",
    severity=Severity.CRITICAL,
    frameworks=("PCI DSS 8.6.2", "SOX ITGC"),
    rationale="A plain-text variable is read by everybody who may look at the project, and by every event.",
    remedy="Keep the secret in Secrets Manager and name it there: BuildRow.secrets.",
    limits=NoLimits,
    judges=_PROJECTS,
    violations=_open_secrets,
)
BUILD_TIME: Final = Rule(
    id="build-time",
    severity=Severity.MEDIUM,
    frameworks=("FinOps",),
    rationale="A build that hangs is paid by the minute, and what waits for it has promised an end.",
    remedy="Set buildTimeout, and timeoutInMins of a batch, to what the duty has at most.",
    limits=TimeLimits,
    judges=_PROJECTS,
    violations=_endless,
)
BUILD_NETWORK: Final = Rule(
    id="build-network",
    severity=Severity.HIGH,
    frameworks=("PCI DSS 1.3", "SOX ITGC"),
    rationale="What builds outside of the network reaches whatever it likes, and no flow log has seen it.",
    remedy="Give the project the private subnets and the security group of the stack's network.",
    limits=NoLimits,
    judges=_PROJECTS,
    violations=_outside,
)
BUILD_LOG: Final = Rule(
    id="build-log",
    severity=Severity.MEDIUM,
    frameworks=("SOX ITGC", "PCI DSS 10.2"),
    rationale="A change to production is traced to what its build said.",
    remedy="Set status of logsConfig.cloudwatchLogs to ENABLED.",
    limits=NoLimits,
    judges=_PROJECTS,
    violations=_unlogged,
)
BUILD_FORKS: Final = Rule(
    id="build-forks",
    severity=Severity.HIGH,
    frameworks=("SOX ITGC",),
    rationale="A stranger's pull request is a stranger's program.",
    remedy="Set requiresCommentApproval of the webhook: Trigger.forks_wait.",
    limits=NoLimits,
    judges=frozenset({_WEBHOOK}),
    violations=_hurried,
)
BUILD_UNREVIEWED: Final = GraphRule(
    id="build-unreviewed",
    severity=Severity.CRITICAL,
    frameworks=("SOX ITGC",),
    rationale="Code that nobody has reviewed has every right of the role that it runs as.",
    remedy="Let the project run as the role of checks (ValidationProject), or start it when code is merged.",
    limits=UnreviewedLimits,
    judges=every(_WEBHOOK),
    violations=_wrong_role,
)
