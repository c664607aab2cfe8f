"""What policies refuse of a layer today is on the record by URN, and nothing else is."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml

from policies.catalogue import WAIVABLE
from policies.waivers import read_waivers
from slipway.adopt.baseline import Grounds, as_export, write_baselines
from slipway.adopt.layers import parse_layers
from slipway.adopt.proposal import Proposal
from slipway.adopt.propose import Target, propose
from slipway.model.digest import Digest
from slipway.model.policy_report import PolicyFinding, PolicyLevel, PolicyPack, PolicyReport, Severity
from tests.doubles.sdk_types import MemoryTypes, a_type, an_argument
from tests.doubles.terraform_states import BUCKET, a_resource, an_instance, read

GROUNDS = Grounds(ticket="PLAT-7", approver="ana.silva", expires=date(2027, 2, 25))
HIDDEN = "hunter2-not-to-be-seen"


@pytest.fixture
def proposal() -> Proposal:
    """A layer of one bucket with a password."""
    types = MemoryTypes(a_type(an_argument("bucket"), an_argument("password")))
    state = read(a_resource(an_instance(attributes={**BUCKET, "password": HIDDEN})))
    target = Target(stack="dev", project="slipway", region="us-east-1")
    (found,) = propose([state], parse_layers(["lake=*"]), target, types)
    return found


def _report(*findings: PolicyFinding) -> PolicyReport:
    return PolicyReport(
        pack=PolicyPack.PRODUCTION,
        digest=Digest(f"sha256:{'0' * 64}"),
        rules=1,
        resources=1,
        findings=findings,
        undecided=(),
        waivers=(),
    )


def _finding(rule: str, urn: str, level: PolicyLevel = PolicyLevel.MANDATORY) -> PolicyFinding:
    return PolicyFinding(
        rule=rule,
        severity=Severity.LOW,
        level=level,
        urn=urn,
        message="it is wrong",
        remedy="mend it",
        waiver=None,
    )


def test_the_layer_is_judged_as_it_would_be(proposal: Proposal) -> None:
    """With its components; a secret is one that cannot be read."""
    rows = json.loads(as_export(proposal))["deployment"]["resources"]
    assert [(row["urn"], row["custom"]) for row in rows] == [
        (proposal.components[0].urn, False),
        (proposal.resources[0].urn, True),
    ]
    assert rows[1]["inputs"]["bucket"] == "lake"
    assert set(rows[1]["inputs"]["password"]) == {"4dabf18193072939515e22adb298388d", "ciphertext"}
    assert HIDDEN.encode() not in as_export(proposal)


def test_what_is_refused_is_exempt_by_urn(proposal: Proposal, tmp_path: Path) -> None:
    """In the format of policies/waivers.yaml; advice and other resources are not exempt."""
    urn = proposal.resources[0].urn
    report = _report(
        _finding("required-tags", urn),
        _finding("bucket-encryption", urn, PolicyLevel.ADVISORY),
        _finding("required-tags", "urn:pulumi:dev::slipway::aws:s3/bucket:Bucket::another"),
        _finding("required-tags", ""),
    )
    path = tmp_path / "waivers.yaml"
    path.write_text(write_baselines(proposal, report, GROUNDS), encoding="utf-8")
    (baseline,) = read_waivers(path, WAIVABLE).baselines
    assert (baseline.rule, baseline.urn, baseline.layer) == ("required-tags", urn, "lake")
    assert (baseline.ticket, baseline.approver, baseline.expires) == (
        "PLAT-7",
        "ana.silva",
        date(2027, 2, 25),
    )
    assert baseline.holds("required-tags", urn, date(2027, 2, 25))
    assert not baseline.holds("required-tags", urn, date(2027, 2, 26))


def test_a_layer_that_passes_needs_none(proposal: Proposal) -> None:
    """The file says so."""
    assert yaml.safe_load(write_baselines(proposal, _report(), GROUNDS)) == {"baselines": []}
