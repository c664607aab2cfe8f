"""Bodies of the requests that report: nothing is beyond what GitHub takes."""

import pytest

from slipway.adapters.github.reporting import check_bodies, status_body
from slipway.ports.source_control_results import (
    Annotation,
    AnnotationLevel,
    CheckReport,
    CommitStatus,
    Conclusion,
    StatusState,
)

NOTE = Annotation(path="dags/fx.py", line=3, level=AnnotationLevel.FAILURE, message="Unknown column")


def report(annotations: int = 0, conclusion: Conclusion | None = Conclusion.FAILURE) -> CheckReport:
    """A check that ended with findings."""
    return CheckReport(
        name="slipway/check",
        title="Findings",
        summary="See below",
        conclusion=conclusion,
        annotations=(NOTE,) * annotations,
    )


@pytest.mark.parametrize(
    ("annotations", "sizes"), [(0, [0]), (1, [1]), (50, [50]), (51, [50, 1]), (120, [50, 50, 20])]
)
def test_annotations_go_by_fifty_and_the_conclusion_comes_last(annotations: int, sizes: list[int]) -> None:
    """Whoever waits for the check must not see it end before its findings are there."""
    bodies = list(check_bodies(report(annotations)))
    assert [len(body["output"]["annotations"]) for body in bodies] == sizes
    assert [body["status"] for body in bodies] == ["in_progress"] * (len(sizes) - 1) + ["completed"]
    assert [body.get("conclusion") for body in bodies][-1] == "failure"


def test_a_running_check_has_no_conclusion() -> None:
    """It is in progress to the last request."""
    bodies = list(check_bodies(report(51, conclusion=None)))
    assert [(body["status"], "conclusion" in body) for body in bodies] == [("in_progress", False)] * 2


def test_what_is_not_said_is_left_out() -> None:
    """GitHub reads an empty address as one that is wrong."""
    body = next(check_bodies(report(1)))
    assert set(body) == {"name", "output", "status", "conclusion"}
    assert body["output"]["annotations"] == [
        {
            "path": "dags/fx.py",
            "start_line": 3,
            "end_line": 3,
            "annotation_level": "failure",
            "message": "Unknown column",
        }
    ]
    assert status_body(CommitStatus(context="c", state=StatusState.SUCCESS)) == {
        "context": "c",
        "state": "success",
    }


def test_a_long_description_is_cut() -> None:
    """At 140 characters, with a sign that more was said."""
    status = CommitStatus(
        context="c", state=StatusState.ERROR, description="x" * 141, url="https://ci.example"
    )
    body = status_body(status)
    assert (len(body["description"]), body["description"][-2:]) == (140, "x…")
    assert body["target_url"] == "https://ci.example"
