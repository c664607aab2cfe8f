"""`slipway adopt release`, `handback`, `status`: from two owners to one, and back."""

import json
from pathlib import Path

import pytest

from slipway.model.adoption import Owner
from slipway.model.environment import StackName
from slipway.model.errors import ExitCode
from slipway.model.events import EventKind
from tests.cli.adoptions.conftest import Adoption
from tests.doubles.previewed import Previewed
from tests.doubles.terraform_states import a_resource, an_instance, of_type

OTHER = a_resource(name="other")


def _owner(adoption: Adoption) -> Owner | None:
    change = adoption.records.change(StackName.DEV, "lake")
    return None if change is None else change.owner


def _released(adoption: Adoption) -> None:
    adoption.terraform(OTHER, serial=8)
    assert adoption.owned("release").code == ExitCode.OK


def test_a_release_says_what_terraform_forgets_and_records_it_once_it_has(imported: Adoption) -> None:
    """The same command, until the state shows it; nothing is recorded before."""
    asked = imported.owned("release")
    assert asked.code == ExitCode.PARTIAL
    assert "lake: Terraform has 1 of 1 resource; to forget" in asked.out
    assert "no plan of it: neither terraform nor tofu is on the PATH" in asked.out
    written = (imported.folder / "lake.removed.tf").read_text(encoding="utf-8")
    assert written == "removed {\n  from = aws_s3_bucket.lake\n\n  lifecycle {\n    destroy = false\n  }\n}\n"
    assert _owner(imported) is Owner.BOTH
    imported.terraform(OTHER, serial=8)
    dry = imported.owned("release", "--dry-run")
    assert "the ledger was not told" in dry.out
    assert (dry.code, _owner(imported)) == (ExitCode.OK, Owner.BOTH)
    done = imported.owned("release")
    assert "Terraform has forgotten 1 resource; the layer is Pulumi's alone\n" in done.out
    assert (done.code, _owner(imported)) == (ExitCode.OK, Owner.PULUMI)
    event = imported.desk.told[-1]
    assert (event.kind, event.figures["owner"]) == (EventKind.OWNERSHIP_CHANGED, "pulumi")
    proof = imported.records.change(StackName.DEV, "lake").proof  # type: ignore[union-attr]
    assert proof in event.evidence
    told = len(imported.desk.told)
    assert "alone since" in imported.owned("release").out
    assert len(imported.desk.told) == told


def test_a_release_without_a_proof_of_what_is_there_is_refused(adoption: Adoption) -> None:
    """Never verified, verified without a side, verified before the state went on."""
    assert "the ledger does not say" not in adoption.run("import").err
    assert "the layer lake was never verified" in adoption.owned("release").err
    adoption.run("verify", "--state", str(adoption.state))
    refused = adoption.owned("release")
    assert refused.code == ExitCode.FINDINGS
    assert "has left a side out: terraform" in refused.err
    adoption.owned("verify")
    adoption.terraform(a_resource(), OTHER, serial=8)
    assert (
        "is another revision than was proven: serial 8, proven was serial 7" in adoption.owned("release").err
    )
    assert not (adoption.folder / "lake.removed.tf").exists()
    assert _owner(adoption) is Owner.BOTH


def test_a_refuted_layer_is_not_released(adoption: Adoption) -> None:
    """The program would change it."""
    adoption.run("import")
    adoption.engine = Previewed(adoption.layer.resources[0].urn)
    assert adoption.owned("verify").code == ExitCode.FINDINGS
    assert "refutes a side: preview" in adoption.owned("release").err
    status = adoption.slipway("adopt", "status")
    assert status.code == ExitCode.FINDINGS
    assert "drift, by the newest proofs" in status.out


def test_an_old_terraform_gets_a_command(imported: Adoption) -> None:
    """Also where the version is named; a dry run writes nothing."""
    old = json.loads(imported.owned("release", "--terraform-version", "1.5", "--format", "json").out)
    assert old["forget"] == [
        {
            "state": str(imported.state),
            "tool": "terraform",
            "removed": [],
            "state_rm": ["aws_s3_bucket.lake"],
        }
    ]
    script = imported.folder / "lake.state-rm.sh"
    assert old["files"] == [str(script)]
    assert script.read_text("utf-8") == "#!/bin/sh -e\nterraform state rm \\\n  aws_s3_bucket.lake\n"
    script.unlink()
    imported.owned("release", "--terraform-version", "1.5", "--dry-run")
    assert not script.exists()


def test_what_was_released_and_is_terraforms_again_has_two_owners(imported: Adoption) -> None:
    """Release, verify and status say so, each."""
    _released(imported)
    assert imported.run("verify").code == ExitCode.PARTIAL
    imported.terraform(a_resource(), serial=9)
    assert "has two owners: the layer lake was released" in imported.owned("release").err
    assert "has two owners: Terraform had forgotten it" in imported.owned("verify").out
    status = imported.slipway("adopt", "status", "--state", str(imported.state))
    assert status.code == ExitCode.FINDINGS
    assert f"aws_s3_bucket.lake: dev's alone, and {imported.state} has it again" in status.out


def test_a_layer_that_was_never_released_is_handed_back_at_once(imported: Adoption) -> None:
    """Terraform has it still: nothing is to be imported."""
    dry = imported.owned("handback", "--dry-run", "--format", "json")
    assert [each["kind"] for each in json.loads(dry.out)["stages"]] == [
        "withdraw-layer",
        "forget-batch",
        "record-owner",
    ]
    assert len(imported.imports.urns) == 2
    ended = imported.owned("handback", "--format", "json")
    assert ended.code == ExitCode.PARTIAL  # Terraform's side could not be planned
    told = json.loads(ended.out)
    assert (told["state"], told["removed"]) == ("handed back", "adopted/lake.json")
    assert {each["side"]: each["result"] for each in told["proof"]["findings"]} == {
        "owned": "proven",
        "preview": "proven",
        "terraform": "not proven",
    }
    assert imported.imports.urns == []
    assert not imported.file.exists()
    assert _owner(imported) is Owner.HANDED_BACK
    assert imported.desk.told[-1].kind is EventKind.LAYER_VERIFIED
    told_before = len(imported.desk.told)
    assert imported.owned("handback").code == ExitCode.PARTIAL  # the proof again, and nothing else
    assert [each.kind for each in imported.desk.told[told_before:]] == [EventKind.LAYER_VERIFIED]
    assert imported.run("import").code == ExitCode.OK
    assert _owner(imported) is Owner.BOTH


def test_what_was_released_terraform_imports_first(imported: Adoption) -> None:
    """Pulumi has it until Terraform does: at no time nobody."""
    _released(imported)
    asked = imported.owned("handback")
    assert asked.code == ExitCode.PARTIAL
    assert "lake: Terraform lacks 1 of 1 resource" in asked.out
    written = (imported.folder / "lake.imports.tf").read_text(encoding="utf-8")
    assert written == 'import {\n  to = aws_s3_bucket.lake\n  id = "lake"\n}\n'
    assert len(imported.imports.urns) == 2
    assert imported.file.exists()
    other = an_instance(attributes={"id": "another", "bucket": "another"})
    imported.terraform(a_resource(other), serial=9)
    refused = imported.owned("handback")
    assert "aws_s3_bucket.lake has the id another in Terraform, lake was adopted" in refused.err
    imported.terraform(a_resource(), serial=10)
    imported.owned("handback")
    assert imported.imports.urns == []
    assert _owner(imported) is Owner.HANDED_BACK


def test_status_tells_whose_everything_is(imported: Adoption) -> None:
    """Every managed instance once, with the reason of what is nobody's yet; in three forms."""
    queue = of_type("aws_sqs_queue", {"id": "q", "url": "q"}, name="q")
    wait = of_type(
        "null_resource", {"id": "1"}, name="wait", provider='provider["registry.terraform.io/hashicorp/null"]'
    )
    imported.terraform(a_resource(), queue, wait, serial=8)
    words = ("adopt", "status", "--state", str(imported.state))
    text = imported.slipway(*words)
    assert text.code == ExitCode.OK
    assert text.out.startswith("3 objects: 2 terraform, 1 both\n")
    assert "  lake  ▓▓▓▓" in text.out
    assert "  lake (dev): not released: Terraform has it, too" in text.out
    assert "  1 drop: it is no object anywhere" in text.out
    data = json.loads(imported.slipway(*words, "--format", "json").out)
    assert data["totals"] == {"terraform": 2, "both": 1, "pulumi": 0, "handed back": 0}
    assert [(each["layer"], each["type"], each["both"]) for each in data["types"]] == [
        ("lake", "aws_s3_bucket", 1),
        ("root", "aws_sqs_queue", 0),
        ("root", "null_resource", 0),
    ]
    (layer,) = data["layers"]
    assert (layer["owner"], layer["by"]) == ("both", "arn:aws:iam::111122223333:user/grace.kim")
    assert layer["objects"][0]["urn"] == imported.layer.resources[0].urn
    markdown = imported.slipway(*words, "--format", "markdown").out
    assert '  "both" : 1' in markdown
    assert "pie showData" in markdown


@pytest.mark.parametrize("was", ["edited", "gone"])
def test_status_tells_a_file_that_is_not_what_was_imported(imported: Adoption, was: str) -> None:
    """Another branch, or somebody's edit."""
    if was == "gone":
        imported.file.unlink()
        says = "adopted/lake.json is not in this checkout"
    else:
        _edit(imported.file)
        says = "adopted/lake.json is another one than was imported"
    assert says in imported.slipway("adopt", "status").out


def _edit(file: Path) -> None:
    document = json.loads(file.read_bytes())
    document["resources"][0]["arguments"]["bucket"] = "mine"
    file.write_text(json.dumps(document), encoding="utf-8")
