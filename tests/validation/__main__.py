"""Validates the AWS resources of all four stacks with Terraform's real AWS provider, and keeps a record.

    python -m tests.validation              what the stacks declare; without a finding, record.json is written
    python -m tests.validation EXPORT...    what `pulumi stack export` wrote; no record
    python -m tests.validation --check      fail when the declared resources changed since the record

What is validated: that every argument exists, has its type and an allowed value, that what belongs together
is there and what excludes each other is not, lengths of names, shapes of ARNs and of policies, and what the
provider looks at when it plans to make a resource (`terraform validate`, then `plan`). What is not:
that a resource refers to another one that exists (what AWS would tell is a plausible value), what AWS itself
decides (quotas, rights, names that are taken), what differences.toml leaves out, Snowflake and GitHub.

The provider is looked for where Terraform looks for one that is installed, or below $TERRAFORM_PLUGINS. Exit
codes: 0 no finding, 1 findings or a stale record, 3 no Terraform or no provider.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from slipway.model.errors import ExitCode
from tests.validation import record
from tests.validation.findings import Validation, validate
from tests.validation.resources import declared_resources, digests, exported_resources
from tests.validation.terraform import PLUGINS_VARIABLE, Terraform, TerraformMissing, installed_provider

_REMEDY = "python -m tests.validation, and commit tests/validation/record.json"


def main() -> int:
    """Do what the arguments ask for and return the exit code."""
    parser = argparse.ArgumentParser(description="Validate the stacks' AWS resources with the real provider.")
    parser.add_argument(
        "exports", nargs="*", type=Path, metavar="EXPORT", help="a file of `pulumi stack export`"
    )
    parser.add_argument("--check", action="store_true", help="only compare the record with what is declared")
    chosen = parser.parse_args()
    if chosen.check:
        return _check()
    try:
        return _validate(chosen.exports)
    except TerraformMissing as missing:
        sys.stderr.write(
            f"error: {missing}\n"
            f"  remedy: install both; {PLUGINS_VARIABLE} names a folder where Terraform does not look\n"
        )
        return ExitCode.ENVIRONMENT


def _check() -> int:
    reasons = list(record.stale(record.load(), digests(declared_resources()), record.rules_digest()))
    for reason in reasons:
        sys.stderr.write(f"{reason} since they were last validated with the real AWS provider\n")
    if reasons:
        sys.stderr.write(f"  remedy: where the provider is installed, run {_REMEDY}\n")
    return ExitCode.FINDINGS if reasons else ExitCode.OK


def _validate(exports: list[Path]) -> int:
    provider = installed_provider()
    if exports:
        resources = tuple(each for path in exports for each in exported_resources(path))
    else:
        resources = declared_resources()
    with TemporaryDirectory() as folder:
        found = validate(Terraform(Path(folder), provider), resources, record.differences(provider.version))
    _tell(found, provider.version)
    if found.findings:
        return ExitCode.FINDINGS
    if not exports:
        record.save(
            record.Record(
                provider=provider.version,
                rules=record.rules_digest(),
                stacks=digests(resources),
                left_out=found.left_out,
            )
        )
    return ExitCode.OK


def _tell(found: Validation, version: str) -> None:
    for line in (*found.findings, *(f"warning: {each}" for each in found.warnings)):
        sys.stdout.write(f"{line}\n")
    for line in found.left_out:
        sys.stderr.write(f"not validated: {line}\n")
    sys.stderr.write(
        f"{found.count} AWS resources, provider {version}: {len(found.findings)} findings, "
        f"{len(found.warnings)} warnings\n"
    )


if __name__ == "__main__":
    sys.exit(main())
