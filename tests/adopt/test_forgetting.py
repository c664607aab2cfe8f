"""What Terraform is told to forget names the layer and nothing else; the real one destroys nothing of it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from slipway.adapters.terraform_engine import CommandTerraform
from slipway.adopt.forgetting import (
    Dialect,
    Forgetting,
    Tool,
    dialect_of,
    forgetting,
    removed_blocks,
    state_rm,
)
from slipway.adopt.releasing import judge_plan
from slipway.adopt.state import State
from slipway.adopt.state_reading import read_state
from slipway.model.adopted import AdoptedLayer
from slipway.ports.terraform_engine import PlannedChange
from tests.doubles.adopted_layers import a_layer, an_adopted
from tests.doubles.terraform_states import a_resource, an_instance, of_type, read

TERRAFORM = Dialect(tool=Tool.TERRAFORM, version=(1, 11))
TOFU_AWS = 'provider["registry.opentofu.org/hashicorp/aws"]'
needs_terraform = pytest.mark.skipif(shutil.which("terraform") is None, reason="there is no terraform here")


def _keyed(*keys: str | int, **fields: str) -> dict[str, object]:
    return a_resource(*(an_instance(index_key=key) for key in keys), **fields)


def _found(state: State, *addresses: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = forgetting(a_layer(*addresses), state, TERRAFORM)
    return found.blocks, found.rows


@pytest.mark.parametrize(
    ("version", "provider", "tool", "removed", "imports"),
    [
        ("1.11.4", None, Tool.TERRAFORM, True, True),
        ("1.7.0", None, Tool.TERRAFORM, True, True),
        ("1.6.6", None, Tool.TERRAFORM, False, True),
        ("0.13.7", None, Tool.TERRAFORM, False, False),
        ("1.10.0", TOFU_AWS, Tool.OPENTOFU, True, True),
        ("1.9.1", TOFU_AWS, Tool.OPENTOFU, False, True),
    ],
)
def test_what_a_tool_understands_is_told_by_the_state(
    version: str, provider: str | None, tool: Tool, *, removed: bool, imports: bool
) -> None:
    """OpenTofu before 1.10 knows no `destroy = false`; without it Terraform would destroy."""
    fields = {} if provider is None else {"provider": provider}
    found = dialect_of(read(a_resource(**fields), terraform_version=version))
    assert found is not None
    assert (found.tool, found.has_removed, found.has_import) == (tool, removed, imports)


def test_a_version_that_is_named_counts_and_one_that_nobody_tells_is_none() -> None:
    """A person may run a newer one than has written the state."""
    old = read(a_resource(), terraform_version="1.5.7")
    assert dialect_of(old, version="1.11") == TERRAFORM
    assert dialect_of(read(a_resource(), terraform_version="")) is None


def test_a_resource_with_all_of_its_instances_is_one_block() -> None:
    """`from` takes no key."""
    state = read(_keyed("raw", "a.b"), a_resource(name="other"))
    zones = ('aws_s3_bucket.lake["raw"]', 'aws_s3_bucket.lake["a.b"]')
    assert _found(state, *zones) == (("aws_s3_bucket.lake",), ())
    assert _found(state, zones[1]) == ((), (zones[1],))


def test_a_module_is_one_block_where_all_of_it_goes() -> None:
    """All of its instances; data sources and what is no object go along, what stays keeps it."""
    module = {"module": 'module.pipeline["fx"].module.store'}
    data = of_type("aws_region", {"id": "x"}, mode="data", **module)
    wait = of_type("null_resource", {"id": "1"}, **module)
    bucket = 'module.pipeline["fx"].module.store.aws_s3_bucket.lake'
    state = read(a_resource(**module), data, wait)
    found = forgetting(a_layer(bucket), state, TERRAFORM)
    assert (found.blocks, found.rows) == (("module.pipeline",), ())
    assert (found.named, found.besides) == (
        (bucket,),
        ('module.pipeline["fx"].module.store.null_resource.this',),
    )
    queue = of_type("aws_sqs_queue", {"id": "q"}, module='module.pipeline["other"].module.queue')
    assert _found(read(a_resource(**module), queue), bucket) == (("module.pipeline.module.store",), ())
    twin = a_resource(module='module.pipeline["other"].module.store')
    assert _found(read(a_resource(**module), twin), bucket) == ((), (bucket,))


def test_an_old_tool_gets_one_command_with_every_address() -> None:
    """Quoted for a shell; what is gone already is not named."""
    state = read(_keyed("a'b", "c"))
    old = Dialect(tool=Tool.OPENTOFU, version=(1, 9))
    layer = a_layer('aws_s3_bucket.lake["a\'b"]', 'aws_s3_bucket.lake["c"]', "aws_s3_bucket.gone")
    found = forgetting(layer, state, old)
    assert (found.blocks, len(found.rows)) == ((), 2)
    written = state_rm(found)
    shell = subprocess.run(
        ["sh", "-c", written.replace("tofu state rm", "printf '%s\\n'")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shell.stdout.splitlines() == ['aws_s3_bucket.lake["a\'b"]', 'aws_s3_bucket.lake["c"]']


_BEFORE = """
resource "terraform_data" "zone" {
  for_each = toset(["raw", "a.b"])
  input    = each.key
}
resource "terraform_data" "part" {
  count = 2
  input = count.index
}
module "pipeline" {
  source = "./pipeline"
  count  = 2
}
resource "terraform_data" "stays" { input = "x" }
output "zone" { value = terraform_data.zone["raw"].id }
"""
_AFTER = """
resource "terraform_data" "part" {
  count = 1
  input = count.index
}
resource "terraform_data" "stays" { input = "x" }
"""


class Root:
    """A root module of the real Terraform, applied."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "pipeline").mkdir()
        self.write("pipeline/main.tf", 'resource "terraform_data" "this" { input = "y" }\n')
        self.write("main.tf", _BEFORE)
        self.run("init")
        self.run("apply", "-auto-approve")

    def write(self, name: str, content: str) -> None:
        """Write a file of the configuration."""
        (self.folder / name).write_text(content, encoding="utf-8")

    def run(self, *words: str) -> str:
        """Run Terraform, and require that it succeeds."""
        ended = subprocess.run(
            ["terraform", f"-chdir={self.folder}", *words], capture_output=True, text=True, check=True
        )
        return ended.stdout

    @property
    def state(self) -> State:
        """As it is now."""
        return read_state((self.folder / "terraform.tfstate").read_bytes(), "terraform.tfstate")

    @property
    def addresses(self) -> list[str]:
        """What it has."""
        return [each.address for each in self.state.instances]

    def layer(self, *addresses: str) -> AdoptedLayer:
        """A layer of it."""
        lineage = self.state.id.lineage
        return a_layer(resources=[an_adopted(each, state=lineage) for each in addresses])


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """Applied, with resources of every kind of key, and a module."""
    return Root(tmp_path)


LAYER = (
    'terraform_data.zone["raw"]',
    'terraform_data.zone["a.b"]',
    "terraform_data.part[1]",
    "module.pipeline[0].terraform_data.this",
    "module.pipeline[1].terraform_data.this",
)


@needs_terraform
def test_the_real_terraform_forgets_the_layer_and_destroys_nothing(root: Root) -> None:
    """In the order that is told: single instances first, then blocks and code in one change."""
    found = forgetting(root.layer(*LAYER), root.state, TERRAFORM)
    assert set(found.blocks) == {"terraform_data.zone", "module.pipeline"}
    assert found.rows == ("terraform_data.part[1]",)
    subprocess.run(["sh", "-ec", state_rm(found)], cwd=root.folder, check=True, capture_output=True)
    root.write("main.tf", _AFTER)
    root.write("lake.removed.tf", removed_blocks(found))
    changes = CommandTerraform().plan(root.folder)
    assert {each.address for each in changes if each.forgets} == {*LAYER} - {*found.rows}
    assert judge_plan(found, changes) == ()
    assert "Resources: 0 added, 0 changed, 0 destroyed" in root.run("apply", "-auto-approve")
    (root.folder / "lake.removed.tf").unlink()
    assert root.addresses == ["terraform_data.part[0]", "terraform_data.stays"]
    assert CommandTerraform().plan(root.folder) == ()


@needs_terraform
def test_a_plan_that_would_destroy_is_no_release(root: Root) -> None:
    """Code that was deleted without its block: that is what the plan is read for."""
    found = forgetting(root.layer(*LAYER), root.state, TERRAFORM)
    only_zone = Forgetting(dialect=TERRAFORM, blocks=("terraform_data.zone",), rows=())
    root.write("main.tf", _AFTER)
    root.write("lake.removed.tf", removed_blocks(only_zone))
    wrong = judge_plan(found, CommandTerraform().plan(root.folder))
    assert "module.pipeline[0].terraform_data.this (delete): a release changes nothing" in wrong
    assert "module.pipeline[0].terraform_data.this: would not be forgotten" in wrong
    root.write("lake.removed.tf", removed_blocks(found).replace("from = module.pipeline", "from = module.p"))
    assert judge_plan(found, CommandTerraform().plan(root.folder)) != ()


def test_a_plan_that_forgets_more_is_no_release() -> None:
    """What is no object may go along."""
    found = Forgetting(dialect=TERRAFORM, blocks=("a.b",), rows=(), named=("a.b",), besides=("a.null",))
    forgets = [PlannedChange(address=each, action="remove", forgets=True) for each in ("a.b", "a.null")]
    output = PlannedChange(address="output.x", action="delete", is_output=True)
    assert judge_plan(found, [*forgets, output]) == ()
    more = PlannedChange(address="a.c", action="remove", forgets=True)
    assert judge_plan(found, [*forgets, more]) == ("a.c: would be forgotten, and is not the layer's",)
