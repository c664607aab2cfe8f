"""Runs a piece of the Pulumi program against mocks and records what it registered.

Mocks prove what a program declares. They do not prove URNs (a child shows its immediate parent only), the
engine's decisions or a provider's; tests/integration/stacks does that with the real engine.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Never
from uuid import NAMESPACE_URL, uuid5

import pulumi
from pulumi.runtime import mocks

ACCOUNT = "222233334444"
_ARNS = {
    "aws:cloudwatch/eventBus:EventBus": "arn:aws:events:us-east-1:{account}:event-bus/{name}",
    "aws:cloudwatch/eventRule:EventRule": "arn:aws:events:us-east-1:{account}:rule/{name}",
    "aws:cloudwatch/logGroup:LogGroup": "arn:aws:logs:us-east-1:{account}:log-group:{name}",
    "aws:codebuild/reportGroup:ReportGroup": "arn:aws:codebuild:us-east-1:{account}:report-group/{name}",
    "aws:dynamodb/table:Table": "arn:aws:dynamodb:us-east-1:{account}:table/{name}",
    "aws:ec2/subnet:Subnet": "arn:aws:ec2:us-east-1:{account}:subnet/{logical}",
    "aws:ecr/repository:Repository": "arn:aws:ecr:us-east-1:{account}:repository/{name}",
    "aws:emrserverless/application:Application": "arn:aws:emr-serverless::{account}:/applications/{logical}",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": "arn:aws:iam::{account}:oidc-provider/{url}",
    "aws:iam/policy:Policy": "arn:aws:iam::{account}:policy/{name}",
    "aws:iam/role:Role": "arn:aws:iam::{account}:role/{name}",
    "aws:kms/key:Key": "arn:aws:kms:us-east-1:{account}:key/{logical}",
    "aws:s3/bucket:Bucket": "arn:aws:s3:::{bucket}",
    "aws:sns/topic:Topic": "arn:aws:sns:us-east-1:{account}:{name}",
    "aws:sqs/queue:Queue": "arn:aws:sqs:us-east-1:{account}:{name}",
}
"""What AWS would call what policies speak of; a key is called after the program's name of it."""

_IDS = {"aws:kms/key:Key": "keyId", "aws:s3/bucketObjectv2:BucketObjectv2": "versionId"}
"""What AWS numbers beside the id, and how the number is called."""


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One resource as the program declared it; inputs under their names on the wire."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    custom: bool


class _Recorder(mocks.Mocks):
    def __init__(self, shared: Mapping[str, object], account: str) -> None:
        self.registered: list[Registered] = []
        self._shared = shared
        self._account = account

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {"name": args.name, "outputs": dict(self._shared)}
        self.registered.append(
            Registered(type=args.typ, name=args.name, inputs=args.inputs, custom=bool(args.custom))
        )
        # GitHub numbers its teams, and programs turn the number of a team into an integer.
        numbered = args.typ == "github:index/team:Team"
        id_ = str(len(self.registered)) if numbered else f"{args.name}-id"
        return id_, {**self._computed(args), **args.inputs}

    def _computed(self, args: mocks.MockResourceArgs) -> dict[str, str]:
        """Return what a provider would add: ARNs, ids of keys, and the full name of a repository."""
        if args.typ == "github:index/repository:Repository":
            return {"fullName": f"finedge/{args.inputs['name']}"}
        shape = _ARNS.get(args.typ, f"arn:aws:mock::{{account}}:{args.typ}/{{logical}}")
        known = {key: str(value).removeprefix("https://") for key, value in args.inputs.items()}
        arn = {"arn": shape.format(**known, account=self._account, logical=args.name)}
        if args.typ == "aws:sqs/queue:Queue":
            arn["url"] = f"https://sqs.us-east-1.amazonaws.com/{self._account}/{known['name']}"
        return arn | ({_IDS[args.typ]: str(uuid5(NAMESPACE_URL, args.name))} if args.typ in _IDS else {})

    def call(self, args: mocks.MockCallArgs) -> Never:
        raise AssertionError(f"the program called {args.token}; the platform's stacks call nothing")


class Recording:
    """What a program registered, in a form that tests ask of.

    Args:
        registered: in the order in which they were registered.
        account: AWS account of the stack.
    """

    def __init__(self, registered: list[Registered], account: str) -> None:
        self.registered = registered
        self.account = account

    def of(self, type_: str) -> list[Registered]:
        """Return all resources of a type."""
        return [each for each in self.registered if each.type == type_]

    def one(self, type_: str, name: str | None = None) -> Registered:
        """Return the only resource of a type (and name)."""
        found = [each for each in self.of(type_) if name in (None, each.name)]
        assert len(found) == 1, f"{len(found)} resources of type {type_} named {name}"
        return found[0]

    def counts(self) -> dict[str, int]:
        """Return how many resources of each type there are, components included."""
        types = sorted(each.type for each in self.registered)
        return {type_: types.count(type_) for type_ in types}


def record(
    build: Callable[[], object],
    *,
    stack: str = "dev",
    shared: Mapping[str, object] | None = None,
    account: str = ACCOUNT,
    monitor: Callable[[mocks.Mocks], mocks.MockMonitor] = mocks.MockMonitor,
) -> Recording:
    """Run a piece of program and return what it registered.

    Args:
        build: declares resources.
        stack: name of the stack it runs in.
        shared: outputs that a reference to stack `shared` answers with.
        account: AWS account of the stack.
        monitor: what takes the place of the engine.
    """
    recorder = _Recorder(shared or {}, account)
    mocks.set_mocks(recorder, project="slipway", stack=stack, monitor=monitor(recorder))

    def run() -> None:
        build()

    awaited: Callable[[Callable[[], None]], Callable[[], None]] = pulumi.runtime.test
    awaited(run)()
    return Recording(recorder.registered, account)
