"""The StackEngine adapter on the real CLI: another workspace under the same program and settings."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from slipway.adapters.pulumi import PulumiEngine
from slipway.model.effects import Operation
from slipway.model.environment import StackName
from slipway.ports.stack_engine import Program, ResourceChange, StackEngineError, StackLocked, UpdateRefused

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
_PATIENCE_SECONDS = 120.0
_UPDATE = """
import sys
from pathlib import Path

from slipway.adapters.pulumi import PulumiEngine
from slipway.model.environment import StackName
from slipway.ports.stack_engine import Program

program = Program(stack=StackName.DEV, workspace=Path(sys.argv[2]))
PulumiEngine(Path(sys.argv[1])).up(program, on_change=lambda _: None)
"""
DEV = "secretsprovider: passphrase\nconfig:\n  slipway:workspace: nowhere\n"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of its own, with an empty stack in a backend that is a folder."""
    folder = tmp_path_factory.mktemp("engine")
    backend = folder / "state"
    backend.mkdir()
    project = folder / "project"
    shutil.copytree(ROOT / "tests" / "integration" / "programs" / "folders", project)
    (project / ".venv").symlink_to(ROOT / ".venv")
    with pytest.MonkeyPatch.context() as patch:
        _point_at(patch, backend)
        patch.delenv("PULUMI_OPTION_CWD")
        command = ["pulumi", "stack", "init", "dev", "--cwd", str(project), "--non-interactive"]
        subprocess.run(command, env=os.environ, check=True, capture_output=True)
    (project / "Pulumi.dev.yaml").write_text(
        (project / "Pulumi.dev.yaml").read_text() + "config:\n  slipway:workspace: nowhere\n"
    )
    return project


def _point_at(patch: pytest.MonkeyPatch, backend: Path) -> None:
    patch.setenv("PULUMI_BACKEND_URL", f"file://{backend}")
    patch.setenv("PULUMI_CONFIG_PASSPHRASE", "test")
    patch.setenv("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true")
    patch.setenv("PULUMI_SKIP_UPDATE_CHECK", "true")
    patch.setenv("PULUMI_OPTION_CWD", str(backend))


@pytest.fixture
def engine(platform: Path, monkeypatch: pytest.MonkeyPatch) -> PulumiEngine:
    """The adapter, in an environment that points the CLI somewhere else."""
    _point_at(monkeypatch, platform.parent / "state")
    return PulumiEngine(platform)


def _workspace(folder: Path, *names: str) -> Program:
    (folder / "catalog").mkdir(exist_ok=True)
    for name in names:
        (folder / "catalog" / f"{name}.yaml").touch()
    return Program(stack=StackName.DEV, workspace=folder)


def _entries(changes: tuple[ResourceChange, ...]) -> list[tuple[str, Operation]]:
    return [(change.urn.rpartition("::")[2], change.operation) for change in changes if "Entry" in change.urn]


def test_a_workspace_is_previewed_made_and_left_alone(
    engine: PulumiEngine, platform: Path, tmp_path: Path
) -> None:
    """The preview says what the update does, a second one does nothing, and the platform's files stay."""
    before = (platform / "Pulumi.dev.yaml").read_text()
    program = _workspace(tmp_path, "revenue", "risk")
    expected = [("revenue", Operation.CREATE), ("risk", Operation.CREATE)]
    assert _entries(engine.preview(program)) == expected
    told: list[ResourceChange] = []
    assert _entries(engine.up(program, on_change=told.append)) == expected
    assert sorted(_entries(tuple(told))) == expected
    assert engine.up(program, on_change=told.append) == ()
    (tmp_path / "catalog" / "risk.yaml").unlink()
    assert _entries(engine.preview(program)) == [("risk", Operation.DELETE)]
    assert (platform / "Pulumi.dev.yaml").read_text() == before


def test_what_the_program_refuses_is_no_fault_of_the_engine(engine: PulumiEngine, tmp_path: Path) -> None:
    """The message is the program's, without the engine's progress around it."""
    program = _workspace(tmp_path, "revenue")
    (tmp_path / "broken").touch()
    with pytest.raises(UpdateRefused, match=r"Pulumi refuses stack dev: .*the workspace is broken"):
        engine.preview(program)


def test_what_a_build_may_not_do_somebody_else_does(
    platform: Path, tmp_path: Path, engine: PulumiEngine
) -> None:
    """The entry is right, and whoever works on the platform may deploy it; a person is told to look at it."""
    program = _workspace(tmp_path, "revenue")
    (tmp_path / "broken").write_text("creating IAM Role: AccessDenied: it is not authorized to perform this")
    with pytest.raises(UpdateRefused, match="AccessDenied") as person:
        engine.preview(program)
    assert person.value.remedy == "correct the program or the catalogue entry"
    stack_file = (platform / "Pulumi.dev.yaml").read_text()
    assumed = '  aws:assumeRoles: [{roleArn: "arn:aws:iam::222233334444:role/operator"}]\n'
    (platform / "Pulumi.dev.yaml").write_text(stack_file + assumed)
    try:
        with pytest.raises(UpdateRefused, match="AccessDenied") as build:
            PulumiEngine(platform, own=dict).preview(program)
    finally:
        (platform / "Pulumi.dev.yaml").write_text(stack_file)
    assert build.value.remedy.startswith(
        "a build changes what pipelines have, and nothing of the platform: somebody"
    )


def test_a_stack_that_is_not_there(engine: PulumiEngine, platform: Path, tmp_path: Path) -> None:
    """No file is one error, no stack in the backend another."""
    program = Program(stack=StackName.PROD, workspace=_workspace(tmp_path).workspace)
    with pytest.raises(StackEngineError, match=r"has no Pulumi\.prod\.yaml"):
        engine.preview(program)
    (platform / "Pulumi.prod.yaml").write_text(DEV)
    with pytest.raises(StackEngineError, match="the backend has no stack prod"):
        engine.preview(program)


def test_a_locked_stack_is_said_to_be_locked(engine: PulumiEngine, platform: Path, tmp_path: Path) -> None:
    """Another update is running, or was killed: the remedy has both."""
    locks = platform.parent / "state" / ".pulumi" / "locks" / "organization" / "slipway" / "dev"
    locks.mkdir(parents=True, exist_ok=True)
    (locks / "other.json").write_text(
        '{"pid": 4711, "username": "ben", "hostname": "ci", "timestamp": "2026-03-02T12:00:00Z"}'
    )
    try:
        with pytest.raises(StackLocked) as locked:
            engine.up(_workspace(tmp_path, "revenue"), on_change=lambda _: None)
    finally:
        (locks / "other.json").unlink()
    assert locked.value.message == "stack dev is locked by ben@ci (pid 4711) since 2026-03-02T12:00:00Z"
    assert "pulumi cancel -s dev" in locked.value.remedy


def test_an_update_whose_process_is_killed_is_gone_on_with(
    engine: PulumiEngine, platform: Path, tmp_path: Path
) -> None:
    """By the same call: what Pulumi leaves of its lock keeps nobody, and nobody runs `pulumi cancel`."""
    locks = platform.parent / "state" / ".pulumi" / "locks" / "organization" / "slipway" / "dev"
    program = _workspace(tmp_path, "killed")
    places = [str(platform), str(program.workspace)]
    with subprocess.Popen([sys.executable, "-c", _UPDATE, *places], stdout=subprocess.DEVNULL) as killed:
        _until(lambda: any(locks.glob("*.json")))
        killed.kill()
    _until(lambda: _is_up(engine, program))
    assert list(locks.glob("*.json")) == []
    assert engine.preview(program) == ()


def _is_up(engine: PulumiEngine, program: Program) -> bool:
    """Update, unless the engine that lost its parent still works: its lock is a living one then."""
    try:
        engine.up(program, on_change=lambda _: None)
    except StackLocked:
        return False
    return True


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_backend_that_cannot_be_opened(
    engine: PulumiEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine's own environment is named, not the program."""
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}/nowhere")
    with pytest.raises(StackEngineError, match=r"Pulumi cannot work on stack dev: .*nowhere"):
        engine.preview(_workspace(tmp_path, "revenue"))
