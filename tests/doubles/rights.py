"""Who may do what by the policies that stacks and bootstrap declare: identities, boundaries, doors, trust.

Rights are judged in layers, each by itself: what a role's own policies allow, what its boundary allows, what
the policy of the bucket or key allows. A request is granted where no layer refuses it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, unique
from typing import Any

from slipway.model.environment import Environment, StackName
from slipway.model.tags import PLATFORM_PIPELINE
from tests.doubles.account_templates import ACCOUNTS, KEYS, made, statements
from tests.doubles.declared_stacks import declared
from tests.doubles.iam_evaluator import Answer, Document, Request, judge, loosened
from tests.doubles.pulumi_recorder import Recording, Registered

ENVIRONMENTS = tuple(StackName(each.value) for each in Environment)
_ACCOUNT_FIELD = 4
_TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"


@unique
class Layer(Enum):
    """Where a refusal comes from."""

    IDENTITY = "I"
    BOUNDARY = "B"
    RESOURCE = "R"


@dataclass(frozen=True, kw_only=True)
class RoleRights:
    """One declared role.

    Attributes:
        arn: of the role.
        trust: who may assume it.
        policies: its own, put together.
        boundary: ARN of the managed policy that bounds it; None: none of the stack's does.
        tags: its tags, which conditions can ask for.
    """

    arn: str
    trust: Document
    policies: Document
    boundary: str | None
    tags: Mapping[str, str]

    @property
    def account(self) -> str:
        """Whose role it is."""
        return self.arn.split(":")[_ACCOUNT_FIELD]


@dataclass(frozen=True, kw_only=True)
class Rights:
    """All policies of all stacks, by what they are attached to.

    Attributes:
        roles: by name.
        boundaries: managed policies by ARN.
        resources: policies of buckets, keys, image repositories, topics, buses and queues by ARN.
        owners: account of each of them.
    """

    roles: Mapping[str, RoleRights]
    boundaries: Mapping[str, Document]
    resources: Mapping[str, Document]
    owners: Mapping[str, str]

    def refusing(
        self, role: str, action: str, resource: str, context: Mapping[str, str] | None = None
    ) -> str:
        """Return the layers that refuse a role a request, as letters; the empty text: it is granted."""
        who = self.roles[role]
        request = Request(
            action=action, resource=resource, principal=("AWS", who.arn), context=_context(who, context or {})
        )
        identity = judge(who.policies, request) is Answer.ALLOWED
        boundary = who.boundary is None or judge(self.boundaries[who.boundary], request) is Answer.ALLOWED
        granted = {
            Layer.IDENTITY: identity,
            Layer.BOUNDARY: boundary,
            Layer.RESOURCE: self._resource_grants(who.account, request),
        }
        return "".join(layer.value for layer, allowed in granted.items() if not allowed)

    def admits(
        self, caller: tuple[str, str], action: str, resource: str, context: Mapping[str, str] | None = None
    ) -> bool:
        """Tell whether the policy of a bucket or key lets somebody in, whatever their own policies say.

        Args:
            caller: kind (`AWS`, `Service`) and value: an ARN, or a service's name.
            action: `service:Action`.
            resource: of the bucket, an object in it, or the key.
            context: condition keys beside the caller's ARN.
        """
        kind, value = caller
        own = {"aws:PrincipalArn": value} if kind == "AWS" else {}
        request = Request(
            action=action,
            resource=resource,
            principal=caller,
            context={"aws:SecureTransport": "true", **own, **(context or {})},
        )
        return self._resource_grants(value.split(":")[_ACCOUNT_FIELD] if own else value, request)

    def may_assume(self, role: str, action: str, caller: tuple[str, str], context: Mapping[str, str]) -> bool:
        """Tell whether a role trusts a caller: kind (`AWS`, `Service`, `Federated`) and value."""
        request = Request(action=action, principal=caller, context=context)
        return judge(self.roles[role].trust, request) is Answer.ALLOWED

    def _resource_grants(self, account: str, request: Request) -> bool:
        """Within an account only a key's policy has to allow; across accounts every one."""
        policy = self.resources.get(holder(request.resource))
        if policy is None:
            return request.resource == "*" or request.resource.split(":")[_ACCOUNT_FIELD] in ("", account)
        answer = judge(policy, request)
        is_key = request.resource.startswith("arn:aws:kms:")
        own = self.owners[holder(request.resource)] == account and not is_key
        return answer is Answer.ALLOWED or (own and answer is Answer.SILENT)

    def loosenings(self, role: str) -> Iterator[tuple[str, "Rights"]]:
        """Yield these rights with one statement loosened, of a role's trust, its policies or its boundary."""
        who = self.roles[role]
        for told, trust in _each_loosened("trust", who.trust):
            yield told, self._with_role(replace(who, trust=trust), role)
        for told, policies in _each_loosened("policy", who.policies):
            yield told, self._with_role(replace(who, policies=policies), role)
        if who.boundary is None:
            return
        for told, bound in _each_loosened("boundary", self.boundaries[who.boundary]):
            yield told, replace(self, boundaries={**self.boundaries, who.boundary: bound})

    def resource_loosenings(self, arn: str) -> Iterator[tuple[str, "Rights"]]:
        """Yield these rights with one statement loosened, of a bucket's or a key's policy."""
        for told, policy in _each_loosened("policy", self.resources[arn]):
            yield told, replace(self, resources={**self.resources, arn: policy})

    def _with_role(self, role: RoleRights, name: str) -> "Rights":
        return replace(self, roles={**self.roles, name: role})


def _each_loosened(name: str, document: Document) -> Iterator[tuple[str, Document]]:
    for at, statement in enumerate(document):
        for how, changed in loosened(statement):
            kept = [changed] if changed is not None else []
            yield f"{name}, {statement['Sid']}: {how}", [*document[:at], *kept, *document[at + 1 :]]


def _context(who: RoleRights, more: Mapping[str, str]) -> Mapping[str, str]:
    tags = {f"aws:PrincipalTag/{key}": value for key, value in who.tags.items()}
    known = {
        "aws:PrincipalArn": who.arn,
        "aws:PrincipalAccount": who.account,
        "aws:SecureTransport": "true",
        "aws:userid": "AROAROLE:somebody",
    }
    return {**tags, **known, **more}


def holder(resource: str) -> str:
    """The ARN that a policy is attached to: an object's bucket, else the thing itself."""
    return resource.partition("/")[0] if resource.startswith("arn:aws:s3:") else resource


@dataclass(kw_only=True)
class _Collected:
    roles: dict[str, RoleRights] = field(default_factory=dict)
    boundaries: dict[str, Document] = field(default_factory=dict)
    resources: dict[str, Document] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)


def declared_rights() -> Rights:
    """Read the policies of all four stacks as the program declares them."""
    found = _Collected()
    for stack in StackName:
        recording = declared(stack)
        account = recording.account
        _collect_roles(recording, account, found)
        _collect_resources(recording, account, found)
    _collect_bootstrap(found)
    return Rights(**vars(found))


def _collect_bootstrap(found: _Collected) -> None:
    """Add what CloudFormation makes: bucket and keys of the audit account, each environment's applier."""
    for stack in ENVIRONMENTS:
        applier = _applier(stack)
        found.roles[applier.arn.rpartition("/")[2]] = applier
    account, there = ACCOUNTS[StackName.SHARED], made(StackName.SHARED)
    bucket = there["State"]["Properties"]["BucketName"]
    policy = statements(there["StatePolicy"]["Properties"]["PolicyDocument"])
    keys = {
        f"arn:aws:kms:us-east-1:{account}:key/{called}": statements(there[name]["Properties"]["KeyPolicy"])
        for name, called in KEYS.items()
    }
    bootstrapped = {f"arn:aws:s3:::{bucket}": policy, **keys}
    found.resources.update(bootstrapped)
    found.owners.update(dict.fromkeys(bootstrapped, account))


def _applier(stack: StackName) -> RoleRights:
    there = made(stack)
    role = there["Applier"]["Properties"]
    return RoleRights(
        arn=f"arn:aws:iam::{ACCOUNTS[stack]}:role/{role['RoleName']}",
        trust=statements(role["AssumeRolePolicyDocument"]),
        policies=statements(there["ApplierWork"]["Properties"]["PolicyDocument"]),
        boundary=None,
        tags={"Pipeline": PLATFORM_PIPELINE},
    )


def _collect_roles(recording: Recording, account: str, found: _Collected) -> None:
    for policy in recording.of("aws:iam/policy:Policy"):
        arn = f"arn:aws:iam::{account}:policy/{policy.inputs['name']}"
        found.boundaries[arn] = _statements(policy, "policy")
    inline = recording.of("aws:iam/rolePolicy:RolePolicy")
    for role in recording.of("aws:iam/role:Role"):
        name = role.inputs["name"]
        own = [each for each in inline if each.inputs["role"] == name]
        found.roles[name] = RoleRights(
            arn=f"arn:aws:iam::{account}:role/{name}",
            trust=_statements(role, "assumeRolePolicy"),
            policies=[statement for policy in own for statement in _statements(policy, "policy")],
            boundary=role.inputs["permissionsBoundary"],
            tags=role.inputs["tags"],
        )


def _collect_resources(recording: Recording, account: str, found: _Collected) -> None:
    buckets = {each.name: each.inputs["bucket"] for each in recording.of("aws:s3/bucket:Bucket")}
    policies = {
        f"arn:aws:s3:::{buckets[each.name]}": _statements(each, "policy")
        for each in recording.of("aws:s3/bucketPolicy:BucketPolicy")
    }
    keys = {
        f"arn:aws:kms:us-east-1:{account}:key/{each.name}": _statements(each, "policy")
        for each in recording.of("aws:kms/key:Key")
    }
    images = {
        f"arn:aws:ecr:us-east-1:{account}:repository/{each.inputs['repository']}": _statements(each, "policy")
        for each in recording.of("aws:ecr/repositoryPolicy:RepositoryPolicy")
    }
    topics = {each.inputs["arn"]: _statements(each, "policy") for each in recording.of(_TOPIC_POLICY)}
    declared_here = {**policies, **keys, **images, **topics, **_of_events(recording, account)}
    found.resources.update(declared_here)
    found.owners.update(dict.fromkeys(declared_here, account))


def _of_events(recording: Recording, account: str) -> dict[str, Document]:
    """Buses that other accounts speak on, and the queue of what reached nobody."""
    buses = {
        f"arn:aws:events:us-east-1:{account}:event-bus/{each.inputs['eventBusName']}": each
        for each in recording.of("aws:cloudwatch/eventBusPolicy:EventBusPolicy")
    }
    (queue,) = recording.of("aws:sqs/queue:Queue")
    (policy,) = recording.of("aws:sqs/queuePolicy:QueuePolicy")
    found = {**buses, f"arn:aws:sqs:us-east-1:{account}:{queue.inputs['name']}": policy}
    return {arn: _statements(each, "policy") for arn, each in found.items()}


def _statements(resource: Registered, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(resource.inputs[key])["Statement"]
    return found
