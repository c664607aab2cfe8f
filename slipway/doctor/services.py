"""Snowflake and GitHub: whether one is let in, and may do what the program does."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from slipway.doctor.findings import Check, Finding, Subject
from slipway.doctor.instruments import Instruments, StackFacts
from slipway.ports.source_control_errors import NotFound, RightMissing, TokenRefused
from slipway.ports.warehouse_errors import LoginRefused

_ALMIGHTY: Final = "ACCOUNTADMIN"
NEEDED_PRIVILEGES: Final = frozenset(
    {"CREATE DATABASE", "CREATE ROLE", "CREATE USER", "CREATE WAREHOUSE", "MANAGE GRANTS"}
)
"""What the program does in the account. Resource monitors are ACCOUNTADMIN's alone (Snowflake, CREATE
RESOURCE MONITOR): any other role brings up all but them."""

PLACEHOLDER_KEYS: Final = frozenset(
    {
        "17fa323ddb184b2530f7885264db3f916380dac36bdd7fd80082bfe68782e8ee",
        "241f554b1281681564515aa0b3988d17f5f66be17516f96d7f3b7ec133dde273",
        "5fbca43cef0d2a4009b2c07eace470722f2c00f58c691de4d4c48adef880829a",
        "6847e33c1ccc1cf9307d7d1d441d094169837fa441ca72fe5b005c867b6e8e49",
        "6a125460f82e7558066c30e0da2fc50e69e1f296ddbb49ed34b01b9e5baf8a14",
        "8e3891df0758c246a95d3d98ea13c2f01b978ed536d652a61b20cce23af0a294",
        "cb4818852ad5f21f92724c629a949cd4248467b25af06e2c013f1075f3cf0898",
        "d341a9f23a6c27c63dbc75afc52560f8b82b43f2aa6f2ac9fb17d6dc652231bf",
        "e0e602cac21aaf26a89d4cf12cc75f191f89cb37ec9088aa401f0cfa3c084b30",
        "f9ecb10ab8a4528be8f0ad3397c0563f037e1937c0e81b80ce2e3ef928485e40",
    }
)
"""SHA-256 of the public keys that the repository's stack files come with: nobody has their private halves."""


def warehouse_check(instruments: Instruments) -> Check:
    """The login is accepted, and its role may make what the program makes."""

    def look(subject: Subject) -> Iterator[Finding]:
        try:
            rights = instruments.warehouse().rights()
        except LoginRefused as error:
            yield subject.lacking(error.message, error.remedy)
            return
        missing = sorted(NEEDED_PRIVILEGES - rights.privileges)
        if rights.role == _ALMIGHTY:
            yield subject.fine(f"{rights.user} is let in as {rights.role}")
        elif missing:
            told = f"the role {rights.role} of {rights.user} lacks {', '.join(missing)} on the account"
            yield subject.lacking(told, f"set SNOWFLAKE_ROLE to {_ALMIGHTY}, or grant the role what it lacks")
        else:
            told = f"the role {rights.role} of {rights.user} cannot make resource monitors"
            yield subject.lacking(told, f"set SNOWFLAKE_ROLE to {_ALMIGHTY}: no other role may make them")

    return Check(name="snowflake", look=look)


def github_check(instruments: Instruments, owner: str) -> Check:
    """The token is accepted, and its owner owns the organization."""

    def look(subject: Subject) -> Iterator[Finding]:
        try:
            standing = instruments.organization().standing()
        except (TokenRefused, RightMissing, NotFound) as error:
            yield subject.lacking(error.message, error.remedy)
            return
        if standing.is_owner:
            yield subject.fine(f"{standing.login} owns {owner}")
        else:
            told = f"{standing.login} does not own {owner}: teams and rulesets are made by owners"
            yield subject.lacking(told, "set GITHUB_TOKEN to an owner's token")

    return Check(name="github", look=look)


def service_keys_check(facts: StackFacts) -> Check:
    """The keys of the service users are one's own."""
    stack = facts.naming.stack

    def look(subject: Subject) -> Iterator[Finding]:
        users = [user for user, keys in facts.service_keys.items() if any(map(is_placeholder, keys))]
        if users:
            told = f"Pulumi.{stack}.yaml has the example's keys of {', '.join(users)}: they belong to nobody"
            remedy = f"put the public halves of key pairs of your own into slipway:serviceUserKeys of {stack}"
            yield subject.lacking(told, remedy)
        else:
            yield subject.fine("the service users' keys are your own")

    return Check(name=f"service keys {stack}", look=look)


def is_placeholder(key: str) -> bool:
    """Whether a public key is one that the repository came with."""
    return sha256(key.encode()).hexdigest() in PLACEHOLDER_KEYS
