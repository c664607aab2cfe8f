"""Gate `approvals`: enough people who may decide have allowed this release, here, with these effects."""

from collections.abc import Iterator
from datetime import datetime

from slipway.attest import digest_of_document
from slipway.model.approval_policy import APPROVALS_NEEDED
from slipway.model.digest import short
from slipway.model.effects import Effect, Effects
from slipway.model.evidence import Approval
from slipway.model.pipeline import Criticality, PipelineName
from slipway.model.team import Person
from slipway.release.gates.facts import Answer, Control, Question, needed
from slipway.release.gates.policy import APPROVER
from slipway.release.separation import involved, nameless
from slipway.release.touched import touched_pipelines


def approvals(question: Question) -> Answer:
    """Count the approvals that hold; say of each other one why it does not."""
    per_criticality = APPROVALS_NEEDED[question.environment]
    if not any(per_criticality.values()):
        return Answer(passed=True, why=f"{question.environment} asks for no approval")
    control = needed(question.facts.control)
    touched = {_criticality(name, control) for name in touched_pipelines(question.release.manifest)}
    threshold = max(per_criticality[criticality] for criticality in touched)
    strangers = nameless(question.release.manifest)
    if strangers:
        return _nameless(strangers)
    given = needed(question.facts.approvals)
    complaints = {approval: _complaint(approval, question, control) for approval in given}
    good = sorted({str(each.approver.person) for each, complaint in complaints.items() if not complaint})
    if len(good) >= threshold:
        return Answer(passed=True, why=f"{len(good)} of {threshold} approvals: {', '.join(good)}")
    ill = [f"{each.approver.person}'s {complaint}" for each, complaint in complaints.items() if complaint]
    counted = f"{len(good)} of {threshold} approvals" + (f": {', '.join(good)}" if good else "")
    why = "; not counted: ".join([counted, "; ".join(ill)] if ill else [counted])
    return Answer(passed=False, why=why, remedy=_remedy(question, control, set(good), threshold))


def _criticality(pipeline: PipelineName, control: Control) -> Criticality:
    """What the environment does not know, the foundation included, counts as critical."""
    return control.criticality.get(pipeline, Criticality.CRITICAL)


def _complaint(approval: Approval, question: Question, control: Control) -> str:
    """Why an approval does not count; empty when it does."""
    return next(_complaints(approval, question, control), "")


def _complaints(approval: Approval, question: Question, control: Control) -> Iterator[str]:
    if approval.release != question.release.digest:
        yield f"is of release {short(approval.release)}"
    if approval.environment is not question.environment:
        yield f"is for {approval.environment}"
    yield from _out_of_time(approval, question.facts.now)
    yield from _not_entitled(approval, question, control)
    more = needed(question.effects).beyond(approval.effects)
    if more:
        yield f"is of other effects: it does not cover {_effects(more)}"


def _out_of_time(approval: Approval, now: datetime) -> Iterator[str]:
    if now < approval.at:
        yield f"is of {approval.at:%Y-%m-%d %H:%M} UTC, which is yet to come"
    if now >= approval.expires:
        yield f"expired at {approval.expires:%Y-%m-%d %H:%M} UTC"


def _not_entitled(approval: Approval, question: Question, control: Control) -> Iterator[str]:
    """The roster of today decides, not the roles that the approval was written with."""
    person = control.roster.person(approval.approver.person)
    if person is None or APPROVER not in person.roles:
        yield f"does not count: the running release gives them no role {APPROVER}"
        return
    did = involved(question.release.manifest).get(person.github.lower())
    if did is not None:
        yield f"does not count: they {did}"
    if needed(question.facts.deployer).person == person.id:
        yield "does not count: they deploy it"


def _effects(effects: tuple[Effect, ...]) -> str:
    return ", ".join(f"{effect.operation} {effect.target} ({effect.reversibility})" for effect in effects)


def _nameless(strangers: tuple[str, ...]) -> Answer:
    return Answer(
        passed=False,
        why=f"it cannot be told whether {', '.join(strangers)}, who wrote of it, is one of the approvers",
        remedy="have them add the address to their GitHub account, then slipway build again",
    )


def _remedy(question: Question, control: Control, good: set[str], threshold: int) -> str:
    able = [person for person in control.roster.people if _may_approve(person, question)]
    if len(able) < threshold:
        names = ", ".join(person.id for person in able) or "nobody"
        return (
            f"only {names} may approve it and {threshold} are needed: release the pull requests apart, "
            "or have a control owner give somebody the role"
        )
    asked = ", ".join(person.id for person in able if person.id not in good)
    return f"ask {asked} for {_command(question, needed(question.effects))}"


def _may_approve(person: Person, question: Question) -> bool:
    wrote = person.github.lower() in involved(question.release.manifest)
    return APPROVER in person.roles and not wrote and needed(question.facts.deployer).person != person.id


def _command(question: Question, effects: Effects) -> str:
    digest = digest_of_document(effects)
    return f"slipway approve {short(question.release.digest)} -s {question.environment} --effects {digest}"
