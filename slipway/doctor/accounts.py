"""The AWS accounts: credentials, the operator's role, and what `slipway bootstrap` makes."""

from collections.abc import Iterator, Mapping

from slipway.doctor.findings import Check, Finding, Subject
from slipway.doctor.instruments import Instruments, StackFacts
from slipway.model.environment import StackName
from slipway.model.naming import Naming
from slipway.model.subjects import PULUMI_STATE
from slipway.ports.identity import IdentityRefused, NoCredentials


def credentials_check(instruments: Instruments, audit_account: str) -> Check:
    """The credentials that are around are somebody's of the audit account: Pulumi's backend takes them."""

    def look(subject: Subject) -> Iterator[Finding]:
        try:
            caller = instruments.own().caller()
        except NoCredentials as error:
            yield subject.lacking("there are no AWS credentials: no account could be asked", error.remedy)
            return
        except IdentityRefused as error:
            yield subject.lacking(error.message, error.remedy)
            return
        if caller.account == audit_account:
            yield subject.fine(f"you are {caller.arn}")
        else:
            message = (
                f"you are {caller.arn} of account {caller.account}, and Pulumi's state is in {audit_account}"
            )
            yield subject.lacking(
                message, f"use credentials of the audit account {audit_account} (AWS_PROFILE)"
            )

    return Check(name="credentials", look=look)


def operator_check(instruments: Instruments, facts: StackFacts) -> Check:
    """The role that the stack file names can be taken, and is of the account that it names."""
    naming = facts.naming
    file = f"Pulumi.{naming.stack}.yaml"

    def look(subject: Subject) -> Iterator[Finding]:
        if facts.role_arn is None:
            yield subject.lacking(
                f"{file} assumes no role", f"set aws:assumeRoles to {naming.operator_role_arn}"
            )
            return
        try:
            caller = instruments.operator(naming.stack).identity.caller()
        except NoCredentials as error:
            yield subject.unclear("there are no AWS credentials to take the role with", error.remedy)
            return
        except IdentityRefused as error:
            told = f"{facts.role_arn} cannot be taken: {error.message}"
            yield subject.lacking(told, f"{bootstrap(naming)} makes it; --trust says who may take it")
            return
        if caller.account == naming.account_id:
            yield subject.fine(f"{facts.role_arn} can be taken")
        else:
            told = f"{file} allows account {naming.account_id}, and its role is of {caller.account}"
            yield subject.lacking(told, "make aws:allowedAccountIds and aws:assumeRoles name one account")

    return Check(name=f"operator {naming.stack}", look=look)


def bootstrap_check(instruments: Instruments, naming: Naming) -> Check:
    """The account's CloudFormation stack is there, up to date and protected."""

    def look(subject: Subject) -> Iterator[Finding]:
        found = instruments.operator(naming.stack).stacks.read(naming.account_stack)
        if found is None:
            yield subject.lacking(
                f"account {naming.account_id} has no stack {naming.account_stack}", bootstrap(naming)
            )
        elif not found.follows(instruments.blueprint(naming.stack, found)):
            told = f"{naming.account_stack} is not what this version makes ({found.status})"
            yield subject.lacking(told, f"{bootstrap(naming)}; --dry-run says what it would change")
        elif not (found.protected and found.policy):
            yield subject.lacking(f"{naming.account_stack} is not protected from deletion", bootstrap(naming))
        else:
            yield subject.fine(f"{naming.account_stack} is up to date and protected")

    return Check(name=f"bootstrap {naming.stack}", look=look)


def issuer_check(instruments: Instruments, naming: Naming) -> Check:
    """The account knows GitHub's issuer, through which workflows come in."""

    def look(subject: Subject) -> Iterator[Finding]:
        if instruments.operator(naming.stack).survey.knows_issuer(naming.github_issuer_arn):
            yield subject.fine(f"account {naming.account_id} knows GitHub's issuer")
        else:
            told = f"account {naming.account_id} does not know GitHub's issuer: no workflow can come in"
            yield subject.lacking(told, bootstrap(naming))

    return Check(name=f"github issuer {naming.stack}", look=look)


def state_check(instruments: Instruments, shared: Naming) -> Check:
    """The bucket of Pulumi's state is there, and keeps what is overwritten."""

    def look(subject: Subject) -> Iterator[Finding]:
        name = shared.bucket(PULUMI_STATE)
        found = instruments.audit().bucket(name)
        if found is None:
            yield subject.lacking(f"there is no bucket {name}", bootstrap(shared))
        elif not found.versioned:
            yield subject.lacking(f"the bucket {name} is not versioned", bootstrap(shared))
        else:
            yield subject.fine(f"{name} is there and versioned")

    return Check(name="state bucket", look=look)


def secrets_check(instruments: Instruments, shared: Naming, stack: StackName) -> Check:
    """The key of a stack's secrets is there and enabled."""

    def look(subject: Subject) -> Iterator[Finding]:
        alias = shared.state_secrets_alias(stack)
        usable = instruments.audit().is_usable(alias)
        if usable is None:
            yield subject.lacking(
                f"there is no key {alias} in account {shared.account_id}", bootstrap(shared)
            )
        elif not usable:
            yield subject.lacking(
                f"the key {alias} is disabled", f"aws kms enable-key, or cancel its deletion ({alias})"
            )
        else:
            yield subject.fine(f"{alias} is enabled")

    return Check(name=f"secrets key {stack}", look=look)


def account_checks(
    instruments: Instruments, stacks: Mapping[StackName, StackFacts], shared: Naming
) -> Iterator[Check]:
    """Every check of the accounts of some stacks."""
    yield credentials_check(instruments, shared.account_id)
    yield state_check(instruments, shared)
    for stack, facts in stacks.items():
        yield operator_check(instruments, facts)
        yield bootstrap_check(instruments, facts.naming)
        yield secrets_check(instruments, shared, stack)
        if stack is StackName.SHARED or facts.checks_pull_requests:
            yield issuer_check(instruments, facts.naming)


def bootstrap(naming: Naming) -> str:
    """The command that makes what an account lacks."""
    return f"slipway bootstrap -s {naming.stack}"
