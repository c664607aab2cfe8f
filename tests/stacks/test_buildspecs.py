"""Buildspecs run the commands that people run, with exactly the values that their projects give them."""

import re
import subprocess
from collections.abc import Mapping
from typing import Any, Final

import pytest
import yaml

from components.builds.buildspec import BuildValues, filled
from components.repository_rules import default_branch_rules
from slipway.cli.reference import pages
from slipway.model.environment import StackName
from slipway.model.shard import Shard
from stacks.build_rows import BuildRow, check_row, environment_rows, shared_rows
from stacks.builds import BUILDSPECS, buildspec
from stacks.settings import SharedSettings, parse
from tests.doubles.declared_stacks import ROOT, declared
from tests.doubles.stack_files import configuration
from toolchain.installer.steps import StepName

DUTIES: Final = tuple(sorted(path.stem for path in BUILDSPECS.glob("*.yml")))
_OURS: Final = re.compile(r"\$\{?([A-Za-z_]\w*)")
_GIVEN_BY_CODEBUILD: Final = frozenset(
    {"CODEBUILD_SRC_DIR", "CODEBUILD_SRC_DIR_platform", "CODEBUILD_WEBHOOK_PREV_COMMIT", "PATH"}
)
_READ_BY_SLIPWAY: Final = frozenset(
    {
        "GITHUB_TOKEN",
        "SNOWFLAKE_ACCOUNT",
        "SNOWFLAKE_AUTHENTICATOR",
        "SNOWFLAKE_ROLE",
        "SNOWFLAKE_USER",
        "SNOWFLAKE_WAREHOUSE",
    }
)
"""Variables of the environment that the commands themselves, and Pulumi's provider, read."""


def _rows() -> Mapping[str, tuple[StackName, BuildRow]]:
    """A row of each duty; the environments' are alike but for their names."""
    found: dict[str, tuple[StackName, BuildRow]] = {}
    for stack in (StackName.SHARED, StackName.DEV):
        settings = parse(stack, configuration(ROOT, stack), root=ROOT)
        if isinstance(settings, SharedSettings):
            rows = shared_rows(settings)
        else:
            rows = (*environment_rows(settings), check_row(settings))
        found |= {row.duty: (stack, row) for row in rows}
    return found


def _phases(duty: str) -> Mapping[str, Any]:
    phases: Mapping[str, Any] = yaml.safe_load(buildspec(duty))["phases"]
    return phases


def _commands(duty: str) -> list[str]:
    return [command for phase in _phases(duty).values() for command in phase["commands"]]


def test_every_buildspec_has_a_row_and_every_row_a_buildspec() -> None:
    """A file that no project runs is dead, a row without one cannot come up."""
    assert tuple(sorted(_rows())) == DUTIES


@pytest.mark.parametrize("duty", DUTIES)
def test_a_buildspec_is_one_of_version_0_2(duty: str) -> None:
    """Keys that CodeBuild knows (user guide, "Buildspec syntax"), commands that are texts, in bash."""
    spec = yaml.safe_load(buildspec(duty))
    assert spec.keys() <= {"version", "env", "batch", "phases", "reports", "cache"}
    assert (spec["version"], spec["env"]) == (0.2, {"shell": "bash"})
    assert list(spec["phases"]) == ["install", "build"]
    for name, phase in spec["phases"].items():
        assert phase.keys() <= {"runtime-versions", "on-failure", "commands"}, name
        assert all(isinstance(command, str) for command in phase["commands"])
        script = "\n".join(phase["commands"])
        assert subprocess.run(["bash", "-n", "-c", script], check=False).returncode == 0
    # A build that went on after a command had failed would sign what was refused.
    assert (spec["phases"]["build"].get("on-failure") == "ABORT") is (duty != "check")


@pytest.mark.parametrize("duty", DUTIES)
def test_what_is_read_is_given_and_what_is_given_is_read(duty: str) -> None:
    """A name that differs by a letter would be the empty text."""
    _, row = _rows()[duty]
    text = "\n".join(_commands(duty))
    assigned = set(re.findall(r"(?:export |\s|^)([A-Za-z_]\w*)=", text, flags=re.MULTILINE))
    read = set(_OURS.findall(text)) - _GIVEN_BY_CODEBUILD - assigned
    given = {*row.variables, *row.secrets, *row.given, *_of_batch(duty)}
    assert read <= given
    assert given - read <= _READ_BY_SLIPWAY


def _of_batch(duty: str) -> set[str]:
    """Variables that each build of a batch is started with."""
    builds = yaml.safe_load(buildspec(duty)).get("batch", {}).get("build-list", ())
    return set.intersection(*({*build["env"]["variables"]} for build in builds)) if builds else set()


@pytest.mark.parametrize("duty", DUTIES)
def test_tools_come_from_the_lockfiles_of_the_platform(duty: str) -> None:
    """Nothing is fetched from elsewhere, and the installer knows each step."""
    for command in _phases(duty)["install"]["commands"]:
        matched = re.fullmatch(
            r'python3 "?(?:\$CODEBUILD_SRC_DIR_platform/)?toolchain/install\.py"? --only (\w+)', command
        )
        assert matched, command
        assert matched[1] in set(StepName)


@pytest.mark.parametrize("duty", DUTIES)
def test_runtimes_are_pinned_to_what_is_built_with_them(duty: str) -> None:
    """`latest` moves with the image, and the Pulumi CLI is built by the Go that its module asks for.

    What the image has: github.com/aws/aws-codebuild-docker-images, al/x86_64/standard/5.0/runtimes.yml.
    """
    asked = re.search(r"^go (\d+\.\d+)", (ROOT / "toolchain/pulumi/go.mod").read_text("utf-8"), re.MULTILINE)
    assert asked
    install = _phases(duty)["install"]
    builds_pulumi = any(command.endswith("--only pulumi") for command in install["commands"])
    golang = {"golang": asked[1]} if builds_pulumi else {}
    assert install["runtime-versions"] == {"python": "3.12", **golang}


@pytest.mark.parametrize("duty", DUTIES)
def test_every_command_is_one_that_people_have(duty: str) -> None:
    """With options that it has."""
    reference = pages()["cli.md"]
    sections = dict(
        re.findall(r"^#+ (slipway[ a-z]*)\n\n```text\n(.*?)^```", reference, re.MULTILINE | re.DOTALL)
    )
    commands = [command for command in _commands(duty) if command.startswith("slipway ")]
    assert commands
    for command in commands:
        words = command.split()
        name = next(" ".join(words[:n]) for n in range(3, 0, -1) if " ".join(words[:n]) in sections)
        assert name != "slipway", command
        for option in re.findall(r"(?<= )--?[a-z-]+", command):
            assert re.search(rf"(?<![-\w]){option}(?![-\w])", sections[name]), command


@pytest.mark.parametrize("duty", DUTIES)
def test_no_value_is_a_secret(duty: str) -> None:
    """What is secret is named by its place in Secrets Manager, below the stack's own folder."""
    stack, row = _rows()[duty]
    settings = parse(stack, configuration(ROOT, stack), root=ROOT)
    values = row.values(settings.naming)
    assert not {name for name in values.variables if re.search("KEY|TOKEN|SECRET|PASSWORD", name)}
    for name, place in values.secrets.items():
        assert re.fullmatch(rf"slipway/{stack}/[a-z]+:{name.lower()}", place)


@pytest.mark.parametrize(
    "named",
    [
        "3f9c2a1bdead",
        "sha256:3f9c2a1bdead",
        "unsigned/3f9c2a1bdead.json",
        "releases/3f9c2a1bdead.json",
        "approvals/3f9c2a1bdead/prod/AROAAPPROVE:ana.silva/approval-1.json",
    ],
)
@pytest.mark.parametrize("duty", ["deploy", "sign"])
def test_a_release_is_named_by_digits_or_by_the_key_of_a_record(duty: str, named: str) -> None:
    """Events name objects: the release is in their keys."""
    (last,) = [command for command in _commands(duty) if command.startswith("slipway ")]
    asked = last.split(" -s ")[0].replace("slipway", "echo")
    script = "\n".join([each for each in _commands(duty) if each.startswith("named=")] + [asked])
    told = subprocess.run(
        ["bash", "-c", script], env={"RELEASE": named}, capture_output=True, text=True, check=True
    )
    assert told.stdout.split()[-1].removeprefix("sha256:") == "3f9c2a1bdead"


def test_the_batch_of_a_check_has_every_shard_once() -> None:
    """One that was left out would be checked by nobody, and the commit would be green."""
    builds = yaml.safe_load(buildspec("check"))["batch"]["build-list"]
    shards = [Shard.parse(build["env"]["variables"]["SHARD"]) for build in builds]
    assert shards == [Shard(number=n, of=len(builds)) for n in range(1, len(builds) + 1)]
    assert [build["identifier"] for build in builds] == [f"shard_{each.number}" for each in shards]
    project = declared(StackName.DEV).one("aws:codebuild/project:Project", "pull-requests").inputs
    assert project["buildBatchConfig"]["restrictions"]["maximumBuildsAllowed"] == len(builds) > 1


def test_no_build_of_a_batch_may_fail_unseen() -> None:
    """`ignore-failure` would turn a commit green whose shard was red."""
    batch = yaml.safe_load(buildspec("check"))["batch"]
    assert batch.keys() == {"fast-fail", "build-list"}
    assert not batch["fast-fail"]
    assert all(build.keys() == {"identifier", "env"} for build in batch["build-list"])
    assert all(build["env"].keys() == {"variables"} for build in batch["build-list"])


def test_no_buildspec_hands_anything_to_another_build() -> None:
    """Only the check keeps tools on its host: whoever builds or signs starts from nothing (SLSA level 3)."""
    assert [duty for duty in DUTIES if "cache" in yaml.safe_load(buildspec(duty))] == ["check"]


@pytest.mark.parametrize("stack", list(StackName))
def test_projects_run_their_rows(stack: StackName) -> None:
    """The declared project has the buildspec with its values, and the row's limits."""
    settings = parse(stack, configuration(ROOT, stack), root=ROOT)
    rows = shared_rows(settings) if isinstance(settings, SharedSettings) else environment_rows(settings)
    for row in rows:
        project = declared(stack).one("aws:codebuild/project:Project", f"flow-{row.duty}").inputs
        assert project["source"]["buildspec"] == filled(buildspec(row.duty), row.values(settings.naming))
        assert project["name"] == f"slipway-{stack}-{row.duty}"
        assert project["buildTimeout"] == row.minutes
        # At a limit CodeBuild answers with an error that EventBridge takes for final: an event was lost.
        assert "concurrentBuildLimit" not in project


def test_a_check_that_waits_for_a_machine_is_not_ended() -> None:
    """A batch's limit counts the wait; it ends before the merge queue gives up on the status."""
    project = declared(StackName.DEV).one("aws:codebuild/project:Project", "pull-requests").inputs
    queue = default_branch_rules()["merge_queue"]["check_response_timeout_minutes"]
    assert project["buildTimeout"] == 12
    assert 12 < project["buildBatchConfig"]["timeoutInMins"] < queue


def test_time_limits() -> None:
    """Twelve minutes for a pull request, thirty for a deployment, fifteen back; a tick ends all."""
    limits = {duty: row.minutes for duty, (_, row) in _rows().items()}
    assert (limits["check"], limits["deploy"], limits["rollback"]) == (12, 30, 15)
    waits = {duty: int(row.variables.get("PATIENCE_MINUTES", 0)) for duty, (_, row) in _rows().items()}
    assert all(waits[duty] < limits[duty] for duty in limits)
    assert waits["deploy"] == 25
    assert limits["tick"] >= limits["deploy"], "it carries on what that has left"


def test_a_report_that_no_group_is_given_for_is_an_error() -> None:
    """It would become a group of CodeBuild's own naming, which nobody has the right to write to."""
    with pytest.raises(KeyError):
        filled(buildspec("check"), BuildValues())
