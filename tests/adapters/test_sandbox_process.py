"""`slipway sandbox` becomes the sandbox's own command, or says how to get it."""

import subprocess
import sys
from pathlib import Path

import pytest

from slipway.adapters.sandbox_process import COMMAND, become_sandbox_command
from slipway.model.errors import DependencyError, ExitCode

BECOME = """
import sys
from pathlib import Path
from slipway.adapters.sandbox_process import become_sandbox_command
become_sandbox_command(Path(sys.argv[1]), sys.argv[2:])
"""


def test_a_missing_environment_names_the_remedy(tmp_path: Path) -> None:
    """A fresh clone before `make setup`: one line, not a traceback of exec."""
    with pytest.raises(DependencyError) as caught:
        become_sandbox_command(tmp_path, ["up"])
    assert caught.value.message == f"the sandbox's environment is missing: no {tmp_path / COMMAND}"
    assert caught.value.remedy == "run `make setup`"
    assert caught.value.exit_code is ExitCode.ENVIRONMENT


def test_arguments_output_and_exit_code_pass_through(tmp_path: Path) -> None:
    """One process: what kills `slipway` kills the command, and nothing is relayed."""
    command = tmp_path / COMMAND
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\necho "$$ $*"\necho story >&2\nexit 7\n', encoding="utf-8")
    command.chmod(0o755)
    line = [sys.executable, "-c", BECOME, str(tmp_path), "up", "--home", "a b"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        out, err = process.communicate()
    assert (process.returncode, out, err) == (7, f"{process.pid} up --home a b\n", "story\n")
