"""The language host under the real engine: programs, policy packs, providers, and ends of every kind."""

import json
import signal
from pathlib import Path

import psutil
import pytest

from tests.toolchain.engine import Engine, runtime

pytestmark = pytest.mark.integration

PROGRAM = """
import pulumi

class Box(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("trial:index:Box", name)
        self.register_outputs({"name": name})

for name in pulumi.Config().require_object("boxes"):
    Box(name)
pulumi.export("secret", pulumi.Config().require_secret("key"))
"""
PACK = """
import pulumi
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def refuse_lids(args, report):
    if args.name == pulumi.Config().require("refused"):
        report(f"{args.name} is refused in {pulumi.get_stack()}")

PolicyPack(
    "boxes",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[ResourceValidationPolicy(name="no-lids", description="No lids.", validate=refuse_lids)],
)
"""
WAITING_PROGRAM = """
import pathlib, subprocess, time
pathlib.Path("started").touch()
subprocess.run(["sleep", "60"])
"""


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Return a project that has no configuration and was never brought up."""
    return Engine(tmp_path)


def configure(engine: Engine) -> None:
    """Give the project the program with two boxes, a list, a word and a secret."""
    engine.write("__main__.py", PROGRAM)
    outcome = engine.run("config", "set", "--stack", "dev", "--secret", "key", "hidden")
    assert outcome.code == 0, outcome.stderr
    settings = (engine.project / "Pulumi.dev.yaml").read_text()
    engine.write("Pulumi.dev.yaml", f"{settings}  trial:boxes: [lid, bottom]\n  trial:refused: lid\n")


def test_a_stack_is_previewed_brought_up_kept_and_destroyed(engine: Engine) -> None:
    """The whole life of a stack, with configuration and a secret on the way."""
    configure(engine)
    preview = engine.run("preview", "-s", "dev")
    assert (preview.code, "+ 3 to create" in preview.stdout) == (0, True), preview

    assert engine.run("up", "-s", "dev", "--yes", "--skip-preview").code == 0
    assert engine.run("stack", "output", "-s", "dev", "secret", "--show-secrets").stdout.strip() == "hidden"
    assert engine.run("stack", "output", "-s", "dev", "secret").stdout.strip() == "[secret]"
    assert engine.run("preview", "-s", "dev", "--expect-no-changes").code == 0
    assert engine.run("refresh", "-s", "dev", "--yes", "--skip-preview").code == 0

    destroyed = engine.run("destroy", "-s", "dev", "--yes", "--skip-preview")
    assert (destroyed.code, "- 3 deleted" in destroyed.stdout) == (0, True), destroyed


def test_what_is_imported_is_what_the_program_declares(engine: Engine) -> None:
    """Adoption imports a whole estate from a file, then expects the program to change nothing."""
    configure(engine)
    boxes = [{"type": "trial:index:Box", "name": name, "component": True} for name in ("lid", "bottom")]
    listing = engine.write("import.json", json.dumps({"resources": boxes}))

    imported = engine.run(
        "import", "-s", "dev", "--file", listing, "--yes", "--skip-preview", "--generate-code=false"
    )
    assert (imported.code, "= 2 imported" in imported.stdout) == (0, True), imported

    brought_up = engine.run("up", "-s", "dev", "--yes", "--skip-preview")
    assert (brought_up.code, "created" in brought_up.stdout) == (0, False), brought_up


def test_an_exception_is_shown_once_with_its_place(engine: Engine) -> None:
    """Exit code 32 says that the message was shown; the engine must not add one of its own."""
    engine.write("__main__.py", "def open_box():\n    raise ValueError('no lid')\n\nopen_box()\n")

    outcome = engine.run("preview", "-s", "dev", "--diff")

    assert outcome.code == 1
    story = outcome.stdout + outcome.stderr
    assert story.count("ValueError: no lid") == 1
    assert "line 2, in open_box" in story
    assert "non-zero exit code" not in story


def test_a_program_that_exits_without_a_word_is_reported_with_its_code(engine: Engine) -> None:
    """An exit code is all there is to tell then."""
    engine.write("__main__.py", "import os\nos._exit(5)\n")

    outcome = engine.run("preview", "-s", "dev")

    assert outcome.code == 1
    assert "Program exited with non-zero exit code: 5" in outcome.stdout


def test_a_policy_pack_sees_configuration_and_fails_the_preview(engine: Engine) -> None:
    """A pack takes project, stack and configuration from its environment: the host has to put them there."""
    configure(engine)
    pack = engine.policy_pack("pack", PACK)

    refused = engine.run("preview", "-s", "dev", "--policy-pack", pack)
    assert refused.code == 1
    assert "lid is refused in dev" in refused.stdout
    assert "bottom is refused" not in refused.stdout

    engine.run("config", "set", "-s", "dev", "refused", "nothing")
    passed = engine.run("preview", "-s", "dev", "--policy-pack", pack)
    assert passed.code == 0, passed.stdout
    assert "boxes@v0.0.1 (local: " in passed.stdout  # the engine shortens a long path


def test_a_policy_pack_without_its_virtualenv_is_an_error_and_no_hang(engine: Engine) -> None:
    """It made the preview wait for ever: the failure came after the engine had begun to wait for the pack."""
    pack = engine.policy_pack("pack", PACK, virtualenv="../nowhere/.venv")

    outcome = engine.run("preview", "-s", "dev", "--policy-pack", pack)

    assert outcome.code == 1
    assert f'{pack}/PulumiPolicy.yaml: virtualenv is "../nowhere/.venv"' in outcome.stdout + outcome.stderr
    assert f"{engine.project}/nowhere/.venv does not exist" in outcome.stdout + outcome.stderr


def test_a_policy_pack_with_an_error_in_it_is_an_error_and_no_hang(engine: Engine) -> None:
    """A pack that dies while it starts has told the engine nothing; the host does."""
    pack = engine.policy_pack("pack", "import nothing_of_this_name\n")

    outcome = engine.run("preview", "-s", "dev", "--policy-pack", pack)

    assert outcome.code == 1
    assert "No module named 'nothing_of_this_name'" in outcome.stdout


def test_a_program_without_its_virtualenv_is_told_what_to_do(tmp_path: Path) -> None:
    """The message names the file, the option, the path, and the remedy."""
    engine = Engine(tmp_path, virtualenv=Path("no/such"))
    engine.write("__main__.py", "")

    outcome = engine.run("preview", "-s", "dev")

    assert outcome.code == 1
    problem = (
        f'{engine.project}/Pulumi.yaml: virtualenv is "no/such", but {engine.project}/no/such does not exist'
    )
    remedy = "create it (`make setup` in a Slipway checkout) or correct the option"
    assert f"{problem}; {remedy}" in outcome.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_run_leaves_no_process(engine: Engine, number: signal.Signals) -> None:
    """Nor does a host whose child held its output; a killed one can end nothing itself."""
    engine.write("__main__.py", WAITING_PROGRAM)
    process = engine.start("preview", "-s", "dev")
    family = engine.await_program(process)
    python = [member for member in family if "pulumi-language-python-exec" in " ".join(member.cmdline())]

    process.send_signal(number)
    process.communicate(timeout=30)
    _, alive = psutil.wait_procs(family, timeout=10)

    assert python  # a child that it forks looks like it for a moment
    assert alive == []


def test_dynamic_providers_work(engine: Engine) -> None:
    """Their plugin is a script beside the host that asks for the project's virtual environment."""
    engine.write(
        "__main__.py",
        """
import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

class Doubling(ResourceProvider):
    def create(self, props):
        return CreateResult("one", {"value": props["value"] * 2})

class Doubled(Resource):
    value: pulumi.Output[int]

    def __init__(self, name, value):
        super().__init__(Doubling(), name, {"value": value})

pulumi.export("value", Doubled("doubled", 21).value)
""",
    )

    brought_up = engine.run("up", "-s", "dev", "--yes", "--skip-preview")

    assert brought_up.code == 0, brought_up.stdout
    assert engine.run("stack", "output", "-s", "dev", "value").stdout.strip() == "42"


def test_component_providers_in_python_work(engine: Engine) -> None:
    """A plugin of Python source runs in the environment that its own YAML file names."""
    engine.write("crates/PulumiPlugin.yaml", runtime())
    engine.write(
        "crates/__main__.py",
        """
from typing import TypedDict
import pulumi
from pulumi.provider.experimental import component_provider_host

class CrateArgs(TypedDict):
    size: pulumi.Input[int]

class Crate(pulumi.ComponentResource):
    size: pulumi.Output[int]

    def __init__(self, name: str, args: CrateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("crates:index:Crate", name, {}, opts)
        self.size = pulumi.Output.from_input(args["size"]).apply(lambda size: size + 1)
        self.register_outputs({"size": self.size})

component_provider_host(components=[Crate], name="crates", version="1.0.0")
""",
    )
    plugins = "plugins: {providers: [{name: crates, path: crates}]}\n"
    engine.write("Pulumi.yaml", (engine.project / "Pulumi.yaml").read_text() + plugins)
    engine.write(
        "__main__.py",
        """
import pulumi

class Crate(pulumi.ComponentResource):
    size: pulumi.Output[int]

    def __init__(self, name, size):
        super().__init__("crates:index:Crate", name, {"size": size}, remote=True)

pulumi.export("size", Crate("crate", 41).size)
""",
    )

    brought_up = engine.run("up", "-s", "dev", "--yes", "--skip-preview")

    assert brought_up.code == 0, brought_up.stdout + brought_up.stderr
    assert engine.run("stack", "output", "-s", "dev", "size").stdout.strip() == "42"
