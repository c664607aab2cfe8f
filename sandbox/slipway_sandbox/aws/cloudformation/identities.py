"""Roles, managed policies and issuers of identities, in moto's IAM."""

import json
from typing import Final

from slipway_sandbox.aws.cloudformation.resource_type import Place, Properties, ResourceType
from slipway_sandbox.aws.faults import AwsError

_ONE_HOUR: Final = 3600


class Role(ResourceType):
    """A role with managed policies."""

    known = frozenset(
        {
            "AssumeRolePolicyDocument",
            "Description",
            "ManagedPolicyArns",
            "MaxSessionDuration",
            "PermissionsBoundary",
            "RoleName",
        }
    )
    fixed = frozenset({"RoleName"})

    def create(self, place: Place, told: Properties) -> str:
        """Make it; a name that is taken is refused."""
        place.iam.create_role(
            role_name=told["RoleName"],
            assume_role_policy_document=json.dumps(told["AssumeRolePolicyDocument"]),
            path="/",
            permissions_boundary=told.get("PermissionsBoundary"),
            description="",
            tags=place.tag_list(),
            max_session_duration=_ONE_HOUR,
        )
        self.update(place, told["RoleName"], told)
        return str(told["RoleName"])

    def update(self, place: Place, id_: str, told: Properties) -> None:
        """Set trust, boundary and policies."""
        place.iam.update_assume_role_policy(id_, json.dumps(told["AssumeRolePolicyDocument"]))
        duration = told.get("MaxSessionDuration", _ONE_HOUR)
        place.iam.update_role(id_, told.get("Description", ""), duration)
        if boundary := told.get("PermissionsBoundary"):
            place.iam.put_role_permissions_boundary(id_, boundary)
        else:
            place.iam.delete_role_permissions_boundary(id_)
        self._attach(place, id_, set(told.get("ManagedPolicyArns", [])))

    def delete(self, place: Place, id_: str) -> None:
        """Remove it with what is attached."""
        self._attach(place, id_, set())
        place.iam.delete_role(id_)

    def arn(self, place: Place, id_: str) -> str:
        """Its ARN."""
        return str(place.iam.get_role(id_).arn)

    def _attach(self, place: Place, id_: str, wanted: set[str]) -> None:
        attached = set(place.iam.get_role(id_).managed_policies)
        for arn in attached - wanted:
            place.iam.detach_role_policy(arn, id_)
        for arn in wanted - attached:
            place.iam.attach_role_policy(arn, id_)


class ManagedPolicy(ResourceType):
    """A policy that roles share."""

    known = frozenset({"Description", "ManagedPolicyName", "PolicyDocument"})
    fixed = frozenset({"Description", "ManagedPolicyName"})

    def create(self, place: Place, told: Properties) -> str:
        """Make it."""
        policy = place.iam.create_policy(
            description=told.get("Description", ""),
            path="/",
            policy_document=json.dumps(told["PolicyDocument"]),
            policy_name=told["ManagedPolicyName"],
            tags=place.tag_list(),
        )
        return str(policy.arn)

    def update(self, place: Place, id_: str, told: Properties) -> None:
        """Make another version the default, and drop the one before: five is IAM's limit."""
        before = place.iam.get_policy(id_).default_version_id
        place.iam.create_policy_version(id_, json.dumps(told["PolicyDocument"]), set_as_default=True)
        place.iam.delete_policy_version(id_, before)

    def delete(self, place: Place, id_: str) -> None:
        """Remove it."""
        place.iam.delete_policy(id_)


class OidcProvider(ResourceType):
    """An issuer of identities; an account knows it once."""

    known = frozenset({"ClientIdList", "Url"})
    fixed = frozenset({"Url"})

    def create(self, place: Place, told: Properties) -> str:
        """Make it; an issuer that is known is refused."""
        url = told["Url"]
        known = [each.url for each in place.iam.open_id_providers.values()]
        if url in known or url.removeprefix("https://") in known:
            raise AwsError("EntityAlreadyExists", f"Provider with url {url} already exists.")
        made = place.iam.create_open_id_connect_provider(url, [], told["ClientIdList"], place.tag_list())
        return str(made.arn)

    def update(self, place: Place, id_: str, told: Properties) -> None:
        """Set for whom tokens may be meant."""
        place.iam.get_open_id_connect_provider(id_).client_id_list = told["ClientIdList"]

    def delete(self, place: Place, id_: str) -> None:
        """Remove it."""
        place.iam.delete_open_id_connect_provider(id_)
