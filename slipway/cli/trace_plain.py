"""What became of releases in an environment, for programs: typed, with the digests of the evidence."""

from typing import Any

from slipway.audit.courses import Course
from slipway.audit.passages import Consent, Passage, Place
from slipway.model.events import Event


def place_plain(place: Place) -> dict[str, Any]:
    """Write what the records tell of one environment, as data."""
    return {
        "environment": place.environment.value,
        "deployments": [_passage(each) for each in place.passages],
        "approved": [
            {"release": release, "approvals": [_consent(each) for each in consents]}
            for release, consents in place.waiting.items()
        ],
        "revoked": [_event(each) for each in place.revoked],
        "refused": [_event(each) for each in place.refused],
    }


def _passage(passage: Passage) -> dict[str, Any]:
    return {
        "release": passage.release,
        "state": passage.state.name.lower().replace("_", "-"),
        "approvals": [_consent(each) for each in passage.consents],
        "verdict": passage.verdict.model_dump(mode="json") if passage.verdict else None,
        **_course(passage.deployed),
        "second_looks": [_course(each) for each in passage.looks],
        "rollbacks": [_course(each) for each in passage.ways_back],
    }


def _course(course: Course) -> dict[str, Any]:
    return {
        "deployment": course.id,
        "purpose": course.purpose.value,
        "opened": _event(course.opened),
        "ended": _event(course.sealed) if course.sealed else None,
        "completed": course.is_completed,
        "failed": _event(course.failed) if course.failed else None,
        "waits": _event(course.waits) if course.waits else None,
        "published": [
            {"dataset": dataset, "at": each.at.isoformat()}
            for each in course.published
            for dataset in each.datasets
        ],
        "left": list(course.left),
        "audits": [each.model_dump(mode="json") for each in course.audits],
        "gates": course.admission.model_dump(mode="json")["gates"] if course.admission else None,
    }


def _consent(consent: Consent) -> dict[str, Any]:
    approval = consent.approval
    return {
        "evidence": consent.digest,
        "person": approval.approver.person,
        "at": approval.at.isoformat(),
        "expires": approval.expires.isoformat(),
        "effects": approval.effects_digest,
        "counted": consent.counted,
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "by": event.actor,
        "kind": event.kind.value,
        "release": event.release,
        "subject": event.subject,
        "message": event.message,
    }
