"""Exemptions: what is read, what is refused, whom they exempt and what is wrong with them."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.catalogue import WAIVABLE
from policies.judging import BROAD
from policies.rules.rule import NoLimits, Resource, Rule, Undecided
from policies.waivers import WAIVERS, WaiverError, Waivers, read_waivers
from slipway.model.policy_report import Severity
from tests.policies.judged import TODAY, judge_of, resource_of, urn_of

TYPE = "aws:s3/bucket:Bucket"
URN = urn_of(TYPE)
WAIVER = {
    "rule": "bad-bucket",
    "urn": URN,
    "reason": "It is emptied and removed this quarter.",
    "ticket": "PLAT-12",
    "approver": "ana.silva",
    "expires": "2026-06-30",
}


def _judged(resource: Resource, _: NoLimits) -> Iterator[str]:
    if resource.properties["bad"]:
        yield f"{resource.told} is bad"


RULE = Rule(
    id="bad-bucket",
    severity=Severity.LOW,
    frameworks=("ours",),
    rationale="Bad buckets are bad.",
    remedy="Mend it.",
    limits=NoLimits,
    judges=frozenset({TYPE}),
    violations=_judged,
)


def _read(folder: Path, content: Any) -> Waivers:
    path = folder / "waivers.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return read_waivers(path, ["bad-bucket"])


def _with(**changes: Any) -> Waivers:
    return Waivers.model_validate({"waivers": [{**WAIVER, **changes}]})


def _about(waivers: Waivers, *names: str, bad: bool = True) -> tuple[list[bool], list[str]]:
    """Whether each violation was waived, and what is wrong with the waivers."""
    judge = judge_of(waivers)
    for name in names:
        judge.resource(RULE, resource_of(TYPE, {"bad": bad}, name=name), NoLimits())
    return [each.waiver is not None for each in judge.findings], list(judge.about_waivers())


def test_no_file_is_no_waiver(tmp_path: Path) -> None:
    """A workspace without exemptions needs no empty file."""
    assert read_waivers(tmp_path / "none.yaml", []) == Waivers()


def test_an_empty_file_is_no_waiver(tmp_path: Path) -> None:
    """Comments alone are nothing."""
    assert _read(tmp_path, "# nothing\n") == Waivers()


def test_the_platforms_own_can_be_read() -> None:
    """What packs read when they start."""
    own = read_waivers(WAIVERS, WAIVABLE)
    assert {waiver.rule for waiver in own.all} <= set(WAIVABLE)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a: [", "cannot be read"),
        ({"waivers": [{**WAIVER, "reason": "no"}]}, "waivers.0.reason"),
        ({"waivers": [{**WAIVER, "ticket": "soon"}]}, "waivers.0.ticket"),
        ({"waivers": [{**WAIVER, "approver": "Ana Silva"}]}, "waivers.0.approver"),
        ({"waivers": [{**WAIVER, "urn": "*"}]}, "waivers.0.urn"),
        ({"waivers": [{**WAIVER, "expires": "never"}]}, "waivers.0.expires"),
        ({"waivers": [{**WAIVER, "owner": "x"}]}, "waivers.0.owner"),
        ({"waivers": [{k: v for k, v in WAIVER.items() if k != "reason"}]}, "waivers.0.reason"),
        ({"baselines": [{**WAIVER, "layer": "lake", "urn": "urn:pulumi:*"}]}, "baselines.0.urn"),
        ({"baselines": [WAIVER]}, "baselines.0.layer"),
        ({"waivers": [{**WAIVER, "rule": "no-such"}]}, "no such rule"),
        ({"waivers": [{**WAIVER, "rule": "approved-composition"}]}, "no such rule to be exempt from"),
        ({"other": []}, "other"),
        ("hello", "the file: Input should be"),
        ("waivers: [{expires: 2027-02-30}]", "cannot be read: day is out of range for month"),
        ({"waivers": [{**WAIVER, "urn": URN.replace("prod", "*")}]}, "waivers.0.urn: .*name a stack"),
        ({"waivers": [{**WAIVER, "urn": URN.replace("prod", "prdo")}]}, "waivers.0.urn: .*name a stack"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_place(tmp_path: Path, content: Any, told: str) -> None:
    """One message, before anything is judged."""
    with pytest.raises(WaiverError, match=told):
        _read(tmp_path, content)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """By one message, and no traceback."""
    path = tmp_path / "waivers.yaml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(WaiverError, match=r"waivers\.yaml cannot be read: "):
        read_waivers(path, [])


def test_an_exemption_is_of_one_rule_and_of_what_it_names() -> None:
    """The other bucket still fails."""
    assert _about(_with(), "lake", "pond") == ([True, False], [])


def test_a_pattern_stands_for_anything_in_its_place() -> None:
    """And for nothing beyond it; other characters mean themselves."""
    assert _about(_with(urn=URN.replace("lake", "l*e")), "lake", "lakes") == ([True, False], [])
    assert _about(_with(urn=URN.replace("lake", "l.ke")), "lake")[0] == [False]


@pytest.mark.parametrize(("days", "holds"), [(-1, False), (0, True), (1, True)])
def test_it_holds_on_its_last_day_and_not_after(days: int, holds: bool) -> None:  # noqa: FBT001 - a table
    """An expired one is told, beside the violation that it covered."""
    expires = (TODAY + timedelta(days=days)).isoformat()
    waived, told = _about(_with(expires=expires), "lake")
    assert waived == [holds]
    assert bool(told) is not holds
    assert holds or "has expired on 2026-05-31" in told[0]


def test_an_expired_one_that_covers_nothing_is_told_like_any_other() -> None:
    """The day before it was told too: what is on the record is what is exempt."""
    (told,) = _about(_with(expires="2026-01-01"), "lake", bad=False)[1]
    assert told.endswith("exempts nothing: remove it")


@pytest.mark.parametrize(("days", "long"), [(366, False), (367, True)])
def test_one_that_holds_for_years_is_told(days: int, long: bool) -> None:  # noqa: FBT001 - a table
    """An exemption for ever is another rule; it exempts meanwhile."""
    expires = (TODAY + timedelta(days=days)).isoformat()
    waived, told = _about(_with(expires=expires), "lake")
    assert waived == [True]
    assert [each.partition("(PLAT-12) ")[2] for each in told] == (
        [f"holds until {expires}, more than 366 days: name an earlier day"] if long else []
    )


def test_one_that_exempts_nothing_is_told() -> None:
    """Else it would cover the next mistake."""
    (told,) = _about(_with(), "lake", bad=False)[1]
    assert told == f"the waiver of bad-bucket for {URN} (PLAT-12) exempts nothing: remove it"


def test_one_of_a_resource_that_is_gone_is_told() -> None:
    """The stack is judged, and the resource is not in it."""
    assert "exempts nothing" in _about(_with(urn=urn_of(TYPE, "gone")), "lake", bad=False)[1][0]


def test_one_of_another_stack_is_judged_there() -> None:
    """Nothing of this stack says whether it is needed."""
    assert _about(_with(urn=URN.replace("prod", "dev")), "lake", bad=False)[1] == []


def test_one_that_cannot_be_judged_yet_is_let_be() -> None:
    """Its violation may be told only after the update."""

    class _Later(dict[str, object]):
        def __getitem__(self, key: str) -> object:
            raise Undecided

    judge = judge_of(_with())
    judge.resource(RULE, resource_of(TYPE, _Later()), NoLimits())
    assert list(judge.about_waivers()) == []


@pytest.mark.parametrize(("number", "broad"), [(BROAD, False), (BROAD + 1, True)])
def test_one_that_covers_too_much_is_told(number: int, broad: bool) -> None:  # noqa: FBT001 - a table
    """An exemption of everything is another rule."""
    told = _about(_with(urn=URN.replace("lake", "*")), *(f"lake-{each}" for each in range(number)))[1]
    assert bool(told) is broad
    assert not broad or f"covers {BROAD + 1} resources" in told[0]


def test_a_baseline_exempts_as_a_waiver_does() -> None:
    """And is told apart, for its number has to fall."""
    waivers = Waivers.model_validate({"baselines": [{**WAIVER, "layer": "lake"}]})
    assert _about(waivers, "lake") == ([True], [])
    assert [each.is_baseline for each in waivers.all] == [True]
    assert date(2026, 6, 30) == waivers.all[0].expires
