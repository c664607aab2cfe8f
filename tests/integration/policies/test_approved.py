"""The approval rule on the real engine: what was approved goes in, anything else touches nothing."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from slipway.adapters.pulumi import PulumiEngine
from slipway.attest import canonical
from slipway.attest.program import LISTING, read_program
from slipway.cli.control_part import control_bundle, control_folder, put_control
from slipway.model.environment import StackName
from slipway.ports.stack_engine import Program, UpdateRefused
from tests.doubles.dossiers import SIGNER, DossierScene, good_scene
from tests.doubles.local_signer import LocalSigner
from tests.doubles.records import MemoryObjects

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
PACK = "policies/packs/production"
OTHER_RULES: Mapping[str, Any] = {"whole-stack": "disabled"}
"""A program of components alone has no budget, which another rule wants."""


@pytest.fixture
def scene() -> DossierScene:
    """A deployment that began just now, of what two people have approved."""
    return good_scene(datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1))


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose program makes a component of each catalog entry, with the policies and a pinned key."""
    folder = tmp_path / "platform"
    shutil.copytree(ROOT / "tests" / "integration" / "programs" / "entries", folder)
    for name in (".venv", "policies"):
        (folder / name).symlink_to(ROOT / name)
    good_scene().pin(folder / "keys")
    (tmp_path / "state").mkdir()
    for name, value in {
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }.items():
        monkeypatch.setenv(name, value)
    _pulumi(folder, "stack", "init", "prod")
    _pulumi(folder, "config", "set", "slipway:workspace", str(tmp_path / "workspace"), "-s", "prod")
    (folder / LISTING).write_bytes(canonical(read_program(folder)))
    return folder


def _pulumi(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    command = ["pulumi", *words, "--cwd", str(folder), "--non-interactive", "--color", "never"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def _operate(platform: Path, verb: str, *words: str, **rule: str) -> "subprocess.CompletedProcess[str]":
    """Preview or update as a person would, by hand, with the production pack."""
    configuration = platform.parent / "config.json"
    told = {"approved-composition": {"program": str(platform), **rule}} if rule else {}
    configuration.write_text(json.dumps({**OTHER_RULES, **told}), encoding="utf-8")
    pack = ("--policy-pack", str(platform / PACK), "--policy-pack-config", str(configuration))
    return _pulumi(platform, verb, "-s", "prod", *words, *pack)


def _made(platform: Path) -> set[str]:
    """Names of the catalog entries whose component is in the state."""
    exported = json.loads(_pulumi(platform, "stack", "export", "-s", "prod").stdout)
    rows = (exported.get("deployment") or {}).get("resources") or []
    return {row["urn"].rpartition("::")[2].rpartition("-")[0] for row in rows if "entries" in row["type"]}


def test_an_update_by_hand(platform: Path, scene: DossierScene) -> None:
    """Without a dossier it touches nothing, with one it goes on; a file that was changed stops it."""
    up, dossier = ("--yes", "--skip-preview"), str(platform.parent / "dossier")
    scene.write(platform.parent)
    previewed = _operate(platform, "preview")
    assert previewed.returncode == 0, previewed.stdout + previewed.stderr
    assert "[advisory]  notes" in previewed.stdout
    assert (
        "approved-composition: approval pending: nothing says who approved these files in prod"
        in previewed.stdout
    )

    refused = _operate(platform, "up", *up)
    assert refused.returncode != 0
    assert "nothing says who approved these files in prod" in refused.stdout
    assert _made(platform) == set()

    passed = _operate(platform, "up", *up, dossier=dossier)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert _made(platform) == {"revenue", "settlements"}
    assert "approval" not in passed.stdout

    program = (platform / "__main__.py").read_text(encoding="utf-8")
    (platform / "__main__.py").write_text(f"{program}\n# another program\n", encoding="utf-8")
    other = _operate(platform, "up", *up, dossier=dossier)
    assert other.returncode != 0
    assert "the program that runs is not the one that may run in prod: __main__.py differ" in other.stdout
    (platform / "__main__.py").write_text(program, encoding="utf-8")

    scene.put("catalog/revenue.yaml", b"pipeline: revenue\ncriticality: standard\n")
    scene.put("catalog/planted.yaml", b"pipeline: planted\n")
    scene.write(platform.parent)
    tampered = _operate(platform, "up", *up, dossier=dossier)
    assert tampered.returncode != 0
    assert "revenue/entry on disk (catalog/revenue.yaml, contracts/revenue.odcs.yaml) is " in tampered.stdout
    assert "catalog/planted.yaml is in no approved part" in tampered.stdout
    assert _made(platform) == {"revenue", "settlements"}


def test_what_slipway_runs_is_judged_alike(platform: Path, scene: DossierScene) -> None:
    """The pack gets the dossier; a refusal says why, and a good one fails for the lacking budget alone."""
    engine = PulumiEngine(platform, policy_pack=platform / PACK)
    workspace, dossier = platform.parent / "workspace", platform.parent / "dossier"
    program = Program(stack=StackName.PROD, workspace=workspace, dossier=dossier)
    scene.write(platform.parent)
    (workspace / "team.yaml").write_text("people: []\n", encoding="utf-8")
    with pytest.raises(
        UpdateRefused, match=r"policies refuse stack prod: approved-composition: platform/entry on disk \("
    ):
        engine.up(program, on_change=lambda _: None)
    assert _made(platform) == set()
    scene.write(platform.parent)
    with pytest.raises(UpdateRefused, match=r"policies refuse stack prod: whole-stack: account-budget: "):
        engine.up(program, on_change=lambda _: None)
    assert _made(platform) == {"revenue", "settlements"}


def test_what_runs_in_the_environment_judges_and_not_the_checkout(
    platform: Path, scene: DossierScene, tmp_path: Path
) -> None:
    """Rules, levels and keys are those of the artifact, unpacked: here they want no budget."""
    source, objects = tmp_path / "running", MemoryObjects()
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "policies", source / "policies", ignore=ignored)
    shutil.move(platform / "keys", source / "keys")
    for file in (*platform.glob("Pulumi*.yaml"), platform / "__main__.py"):
        shutil.copy(file, source)
    levels = {"all": "advisory", "approved-composition": "mandatory"}
    (source / PACK / "config.json").write_text(json.dumps(levels), encoding="utf-8")
    running = control_folder(objects, put_control(objects, control_bundle(source)), tmp_path / "cache")
    scene.write(platform.parent)
    engine = PulumiEngine(platform, policy_pack=running / PACK)
    workspace, dossier = platform.parent / "workspace", platform.parent / "dossier"
    engine.up(Program(stack=StackName.PROD, workspace=workspace, dossier=dossier), on_change=lambda _: None)
    assert _made(platform) == {"revenue", "settlements"}
    with pytest.raises(UpdateRefused, match="approved-composition: nothing says who approved"):
        engine.up(Program(stack=StackName.PROD, workspace=workspace), on_change=lambda _: None)


def test_what_does_not_say_that_it_is_a_preview_is_judged(platform: Path, scene: DossierScene) -> None:
    """An analysis says nothing to a pack: told what it is, it is let be, and else it is refused."""
    scene.write(platform.parent)
    dossier = str(platform.parent / "dossier")
    made = _operate(platform, "up", "--yes", dossier=dossier)
    assert made.returncode == 0, made.stdout + made.stderr
    configuration = platform.parent / "config.json"
    analysis = json.loads((ROOT / PACK / "analysis.json").read_text(encoding="utf-8"))
    for told, code in ((OTHER_RULES, 1), ({**OTHER_RULES, **analysis}, 0)):
        configuration.write_text(json.dumps(told), encoding="utf-8")
        words = ("--policy-pack", str(platform / PACK), "--policy-pack-config", str(configuration))
        judged = _pulumi(platform, "policy", "analyze", "-s", "prod", *words)
        assert judged.returncode == code, judged.stdout + judged.stderr
        assert ("nothing says who approved these files in prod" in judged.stdout) is (code != 0)


def test_a_key_that_is_pinned_nowhere_is_not_believed(platform: Path, scene: DossierScene) -> None:
    """The keys are those beside the policies."""
    for key in (platform / "keys").iterdir():
        key.write_bytes(LocalSigner().public_key())
    scene.write(platform.parent)
    refused = _operate(platform, "up", "--yes", "--skip-preview", dossier=str(platform.parent / "dossier"))
    assert refused.returncode != 0
    assert f"is signed by {SIGNER.pinned.id[:12]}, which is no trusted key" in refused.stdout
