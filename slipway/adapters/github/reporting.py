"""From a check's report or a status to the bodies of GitHub's requests, within GitHub's limits. Pure.

Source: https://docs.github.com/en/rest/checks/runs, https://docs.github.com/en/rest/commits/statuses.
"""

from collections.abc import Iterator
from typing import Any, Final

from slipway.ports.source_control_results import Annotation, CheckReport, CommitStatus

ANNOTATIONS_AT_ONCE: Final = 50
_LONGEST_DESCRIPTION: Final = 140
_LONGEST_TEXT: Final = 65_535
_LONGEST_TITLE: Final = 255


def status_body(status: CommitStatus) -> dict[str, Any]:
    """The request that sets a status."""
    body = {"context": status.context, "state": status.state.value}
    if status.description:
        body["description"] = cut(status.description, _LONGEST_DESCRIPTION)
    return body | ({"target_url": status.url} if status.url else {})


def check_bodies(report: CheckReport) -> Iterator[dict[str, Any]]:
    """The requests that report a check: as many as its annotations need, the conclusion in the last one."""
    batches = [
        report.annotations[start : start + ANNOTATIONS_AT_ONCE]
        for start in range(0, max(len(report.annotations), 1), ANNOTATIONS_AT_ONCE)
    ]
    for number, batch in enumerate(batches, start=1):
        concluded = report.conclusion is not None and number == len(batches)
        yield _check_body(report, batch) | (_conclusion(report) if concluded else {"status": "in_progress"})


def _conclusion(report: CheckReport) -> dict[str, Any]:
    return {"status": "completed", "conclusion": report.conclusion}


def _check_body(report: CheckReport, annotations: tuple[Annotation, ...]) -> dict[str, Any]:
    output = {
        "title": cut(report.title, _LONGEST_TITLE),
        "summary": cut(report.summary, _LONGEST_TEXT),
        "annotations": [_annotation(each) for each in annotations],
    }
    optional = {"details_url": report.url, "external_id": report.reference}
    return {"name": report.name, "output": output} | {name: text for name, text in optional.items() if text}


def _annotation(annotation: Annotation) -> dict[str, Any]:
    body = {
        "path": annotation.path,
        "start_line": annotation.line,
        "end_line": annotation.last_line or annotation.line,
        "annotation_level": annotation.level.value,
        "message": cut(annotation.message, _LONGEST_TEXT),
    }
    return body | ({"title": cut(annotation.title, _LONGEST_TITLE)} if annotation.title else {})


def cut(text: str, longest: int) -> str:
    """The text, or as much of its beginning as GitHub takes, with a sign that more was said."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
