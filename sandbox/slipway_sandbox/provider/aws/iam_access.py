"""How people and machines come in: access keys, group memberships, OpenID Connect providers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.resource import Resource, fixed, half_made
from slipway_sandbox.provider.aws.spelling import UTC_SECONDS
from slipway_sandbox.provider.aws.tagging import iam_tags
from slipway_sandbox.provider.aws.target import found
from slipway_sandbox.provider.contract import State

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties, Session


class AccessKey(Resource):
    """An access key; its secret is told once, when it is created."""

    module = "iam"
    service = "iam"
    takes = frozenset({"user", "status"})
    replace_on = frozenset({"user", "pgpKey"})
    defaults = fixed(status="Active")
    constant = fixed(
        keyFingerprint=None,
        sesSmtpPasswordV4=None,
        encryptedSecret=None,
        encryptedSesSmtpPasswordV4=None,
    )

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """See Materialiser; adds the secret, which no later read can answer."""
        self._refuse_unknown(inputs)
        target = self._target(session, "", self._named(name, inputs))
        key = target.client.create_access_key(UserName=inputs["user"])["AccessKey"]
        made = State(id=key["AccessKeyId"], outputs={"secret": key["SecretAccessKey"]})
        if inputs.get("status") == "Inactive":
            with half_made(made.id, made.outputs):
                self.change(self._target(session, made.id, inputs), frozenset({"status"}))
        return made

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """See Materialiser; sets the status always: a creation may have failed before it did."""
        wanted = new.get("status") or self.defaults["status"]
        super().update(session, id_, {**old, "status": None}, {**new, "status": wanted})

    def make(self, target: Target) -> str:
        """Not asked: see create."""
        raise NotImplementedError

    def fetch(self, target: Target) -> Properties | None:
        """The key among its user's; an import finds the user by the key."""
        user = target.inputs.get("user") or self._owner(target)
        if user is None:
            return None
        keys = target.client.list_access_keys(UserName=user)["AccessKeyMetadata"]
        key = next((key for key in keys if key["AccessKeyId"] == target.id), None)
        if key is None:
            return None
        return {"user": user, "status": key["Status"], "createDate": key["CreateDate"].strftime(UTC_SECONDS)}

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Switch it on or off."""
        if "status" in changed:
            status = target.inputs.get("status") or "Active"
            target.client.update_access_key(
                UserName=target.inputs["user"], AccessKeyId=target.id, Status=status
            )

    def remove(self, target: Target) -> None:
        """Delete the key."""
        target.client.delete_access_key(UserName=target.inputs["user"], AccessKeyId=target.id)

    def _owner(self, target: Target) -> str | None:
        used = found(target.client.get_access_key_last_used, AccessKeyId=target.id) or {}
        return used.get("UserName")


class OpenIdConnectProvider(Resource):
    """An issuer whose tokens roles may trust; its id is its ARN."""

    module = "iam"
    service = "iam"
    takes = frozenset({"url", "clientIdLists", "thumbprintLists"})
    replace_on = frozenset({"url"})
    tagging = iam_tags("open_id_connect_provider", "OpenIDConnectProviderArn")

    def make(self, target: Target) -> str:
        """Create the provider."""
        inputs = target.inputs
        thumbprints = inputs.get("thumbprintLists")
        answer = target.client.create_open_id_connect_provider(
            Url=inputs["url"],
            ClientIDList=inputs["clientIdLists"],
            **({"ThumbprintList": thumbprints} if thumbprints else {}),
        )
        return str(answer["OpenIDConnectProviderArn"])

    def fetch(self, target: Target) -> Properties | None:
        """The provider; AWS keeps its address without the scheme."""
        answer = target.client.get_open_id_connect_provider(OpenIDConnectProviderArn=target.id)
        url = answer["Url"]
        given = str(target.inputs.get("url") or "")
        return {
            "arn": target.id,
            "url": given if given.removeprefix("https://") == url else f"https://{url}".removesuffix("/"),
            "clientIdLists": answer["ClientIDList"],
            "thumbprintLists": answer["ThumbprintList"],
        }

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Add and remove client ids, replace the thumbprints."""
        client, arn = target.client, {"OpenIDConnectProviderArn": target.id}
        if "clientIdLists" in changed:
            present = set(client.get_open_id_connect_provider(**arn)["ClientIDList"])
            wanted = set(target.inputs["clientIdLists"])
            for name in sorted(wanted - present):
                client.add_client_id_to_open_id_connect_provider(**arn, ClientID=name)
            for name in sorted(present - wanted):
                client.remove_client_id_from_open_id_connect_provider(**arn, ClientID=name)
        if "thumbprintLists" in changed:
            client.update_open_id_connect_provider_thumbprint(
                **arn, ThumbprintList=target.inputs.get("thumbprintLists") or []
            )

    def remove(self, target: Target) -> None:
        """Delete the provider."""
        if self.fetch(target):
            target.client.delete_open_id_connect_provider(OpenIDConnectProviderArn=target.id)


class GroupMembership(Resource):
    """All members of a group."""

    module = "iam"
    service = "iam"
    takes = frozenset({"group", "users"})
    silent = frozenset({"name"})
    replace_on = frozenset({"group", "name"})
    autoname = "name"

    def make(self, target: Target) -> str:
        """Add the users; the id is the membership's name, as with the real provider."""
        self._set(target, add=target.inputs["users"], drop=[])
        return str(target.inputs["name"])

    def fetch(self, target: Target) -> Properties | None:
        """The group's members; the name alone does not tell the group, so there is no import."""
        if not target.given("group"):
            return None
        pages = target.client.get_paginator("get_group").paginate(GroupName=target.inputs["group"])
        users = [user["UserName"] for page in pages for user in page["Users"]]
        return {"group": target.inputs["group"], "users": users} if users else None

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Add and remove members."""
        if "users" in changed:
            present = set((self.fetch(target) or {}).get("users", []))
            wanted = set(target.inputs["users"])
            self._set(target, add=wanted - present, drop=present - wanted)

    def remove(self, target: Target) -> None:
        """Remove the members that the program names."""
        self._set(target, add=[], drop=target.inputs["users"])

    def _set(self, target: Target, *, add: Any, drop: Any) -> None:
        group = target.inputs["group"]
        for user in sorted(add):
            target.client.add_user_to_group(GroupName=group, UserName=user)
        for user in sorted(drop):
            found(target.client.remove_user_from_group, GroupName=group, UserName=user)
