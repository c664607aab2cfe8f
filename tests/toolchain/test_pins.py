"""Pins that name one version in two places agree."""

import re
import tomllib

from tests.toolchain.machine import ROOT
from toolchain.installer.pulumi_build import PulumiBuild
from toolchain.installer.uv import MINIMUM as UV_MINIMUM
from toolchain.installer.versions import Version


def test_the_cli_and_the_python_sdk_are_of_one_version() -> None:
    """An SDK that is newer than the engine asks it for features it does not have."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (pin,) = [line for line in project["dependencies"] if line.startswith("pulumi==")]

    assert PulumiBuild(ROOT / "toolchain" / "pulumi").version == Version.find(pin)


def test_our_uv_is_one_that_the_project_accepts() -> None:
    """A uv that [tool.uv] refuses would be installed and then fail."""
    accepted = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["required-version"]
    pinned = Version.find((ROOT / "toolchain" / "uv-requirements.txt").read_text())

    assert Version.find(accepted) == UV_MINIMUM
    assert pinned is not None
    assert pinned >= UV_MINIMUM


def test_the_locked_jars_are_those_of_the_description() -> None:
    """A new version in pom.xml needs new checksums beside it."""
    folder = ROOT / "toolchain" / "java" / "dynamodb"
    version = re.search(
        r"<artifactId>DynamoDBLocal</artifactId>\s*<version>(.*)</version>", (folder / "pom.xml").read_text()
    )

    assert version is not None
    assert f"  DynamoDBLocal-{version[1]}.jar\n" in (folder / "jars.sha256").read_text()
