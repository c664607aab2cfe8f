"""The machine: Pulumi's CLI, its plugins, where its state is, and whom the commands believe."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from slipway.doctor.findings import Check, Finding, Subject
from slipway.doctor.instruments import Instruments
from slipway.model.counted import counted
from slipway.model.errors import SlipwayError

OLDEST_PULUMI: Final = (3, 254)
"""The program uses what came with 3.254."""


def pulumi_check(instruments: Instruments) -> Check:
    """The CLI is there, and new enough."""

    def look(subject: Subject) -> Iterator[Finding]:
        found = instruments.machine().pulumi()
        wanted = ".".join(map(str, OLDEST_PULUMI))
        if found is None:
            remedy = f"install Pulumi {wanted} or later: https://www.pulumi.com/docs/install"
            yield subject.lacking("there is no Pulumi CLI on the PATH", remedy)
        elif tuple(int(part) for part in found.split(".")[:2]) < OLDEST_PULUMI:
            yield subject.lacking(f"the Pulumi CLI is {found}", f"install {wanted} or later")
        else:
            yield subject.fine(f"the CLI is {found}")

    return Check(name="pulumi", look=look)


def plugins_check(instruments: Instruments) -> Check:
    """The plugins are there that the program's packages ask for."""

    def look(subject: Subject) -> Iterator[Finding]:
        machine = instruments.machine()
        if machine.pulumi() is None:
            yield subject.unclear("there is no Pulumi CLI to be asked", "install it first")
            return
        installed, wanted = machine.plugins(), machine.wanted_plugins()
        missing = [
            f"{name} {version}" for name, version in wanted.items() if version not in installed.get(name, ())
        ]
        if missing:
            yield subject.lacking(
                f"not installed: {', '.join(missing)}", "run `pulumi install` in the platform's folder"
            )
        else:
            yield subject.fine(", ".join(f"{name} {version}" for name, version in wanted.items()))

    return Check(name="plugins", look=look)


def backend_check(url: str, bucket: str, region: str) -> Check:
    """Pulumi's state is in the bucket that all share.

    Args:
        url: what PULUMI_BACKEND_URL says; empty where it is not set.
        bucket: the bucket of the audit account.
        region: where it is.
    """

    def look(subject: Subject) -> Iterator[Finding]:
        wanted = f"s3://{bucket}"
        if url.partition("?")[0].rstrip("/") == wanted:
            yield subject.fine(f"PULUMI_BACKEND_URL is {wanted}")
            return
        said = f"PULUMI_BACKEND_URL is {url}" if url else "PULUMI_BACKEND_URL is not set"
        yield subject.lacking(
            f"{said}: the state is not where the others look for it",
            f'export PULUMI_BACKEND_URL="{wanted}?region={region}"',
        )

    return Check(name="backend", look=look)


def keys_check(count: Callable[[], Mapping[str, int]]) -> Check:
    """Keys are pinned by which releases are believed, and others by which approvals are.

    Args:
        count: returns how many are, by what they are for; raises where there is none at all.
    """

    def look(subject: Subject) -> Iterator[Finding]:
        try:
            numbers = count()
        except SlipwayError as error:
            yield subject.lacking(error.message, error.remedy)
            return
        lacking = [use for use, number in numbers.items() if not number]
        for use in lacking:
            yield subject.lacking(
                f"no public key of {use} is pinned in keys/",
                "slipway release pin, compare its id with the key's owner, and commit the file",
            )
        if not lacking:
            told = ", ".join(f"{number} of {use}" for use, number in numbers.items())
            yield subject.fine(f"{counted(sum(numbers.values()), 'public key')} pinned in keys/: {told}")

    return Check(name="trusted keys", look=look)
