"""The language host's own tests and checks, which are written in Go."""

import shutil
import subprocess

import pytest

from tests.toolchain.machine import ROOT

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(shutil.which("go") is None, reason="no Go: an official Pulumi CLI is in use"),
]
BUILD = ("-trimpath", "-tags=osusergo,grpcnotrace")  # the flags of the build, so that its cache serves


def test_go_is_content() -> None:
    """`go test` runs every check of `go vet` first; what they find is shown whole."""
    command = ["go", "test", "-vet=all", *BUILD, "./..."]
    done = subprocess.run(
        command, cwd=ROOT / "toolchain" / "pulumi", capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_go_files_are_formatted() -> None:
    """`gofmt -l` names the files that it would change."""
    done = subprocess.run(
        ["gofmt", "-l", "."], cwd=ROOT / "toolchain" / "pulumi", capture_output=True, text=True, check=True
    )

    assert done.stdout == ""
