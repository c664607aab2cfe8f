"""The startup script of Airflow's machines, run by bash where Python and pip are stand-ins."""

import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from components.airflow.startup import Startup, script

STARTUP = Startup(
    variables={"SLIPWAY_ENVIRONMENT": "dev", "ODD": "two words; $HOME"},
    packages=["dbt-core==1.2.3", "agate==4.5.6"],
    region="us-east-1",
    secret="slipway/dev/airflow",
)
PYTHON = """\
#!/bin/bash
# Makes an environment, whose own Python installs nothing and reads a key.
[ "$1 $2" = "-m venv" ] || exit 9
mkdir -p "$3/bin"
cat > "$3/bin/python" <<'END'
#!/bin/bash
if [ "$2" = pip ]; then cp "${@: -1}" "$(dirname "$0")/installed.txt"; exit "${PIP_ENDS:-0}"; fi
[ "${1##*/} $2 $3" = "login.py us-east-1 slipway/dev/airflow" ] && echo "the key"
END
cat > "$3/bin/dbt" <<'END'
#!/bin/bash
echo "$(cat "$SNOWFLAKE_PRIVATE_KEY_PATH") $SNOWFLAKE_PRIVATE_KEY_PATH $*"; exit 3
END
chmod +x "$3/bin/python" "$3/bin/dbt"
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with a Python of our own, and the script."""
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python3"
    python.write_text(PYTHON)
    python.chmod(0o755)
    (tmp_path / "startup.sh").write_text(script(STARTUP))
    return tmp_path


def _started(machine: Path, then: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Source the script as MWAA does, and go on."""
    path = f"{machine / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["/bin/bash", "-c", f"source {machine / 'startup.sh'}; {then}"],
        env={"PATH": path, "AIRFLOW_HOME": str(machine), "TMPDIR": str(machine), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_tasks_see_the_variables_as_they_are(machine: Path) -> None:
    """Also one with a space and a dollar."""
    told = _started(machine, 'echo "$SLIPWAY_ENVIRONMENT|$ODD"').stdout
    assert told == "dev|two words; $HOME\n"


def test_dbt_is_installed_from_the_pinned_packages_alone(machine: Path) -> None:
    """In an environment of its own: Airflow's constraints and dbt's do not agree."""
    assert _started(machine, "true").returncode == 0
    installed = (machine / "tools" / "dbt" / "bin" / "installed.txt").read_text()
    assert installed == "dbt-core==1.2.3\nagate==4.5.6\n"


def test_dbt_has_the_key_as_long_as_it_runs(machine: Path) -> None:
    """It ends as dbt ends, gets every argument, and leaves no key behind."""
    ran = _started(machine, "dbt build --args 'a b'")
    key, place, arguments = re.split(rf" ({machine}/\S+) ", ran.stdout.strip())
    assert (key, arguments) == ("the key", "build --args a b")
    assert ran.returncode == 3
    assert not Path(place).exists()


def test_a_machine_on_which_dbt_cannot_be_installed_does_not_start(machine: Path) -> None:
    """A worker without dbt would fail every task, one by one."""
    ended = _started(machine, "echo started", PIP_ENDS="1")
    assert (ended.returncode, ended.stdout) == (1, "")


def test_the_web_server_installs_nothing(machine: Path) -> None:
    """It runs no task."""
    assert _started(machine, "true", MWAA_AIRFLOW_COMPONENT="webserver").returncode == 0
    assert not (machine / "tools").exists()


def test_another_region_and_secret_are_named(machine: Path) -> None:
    """Each environment reads its own."""
    other = script(replace(STARTUP, region="eu-west-1", secret="slipway/prod/airflow"))
    (machine / "startup.sh").write_text(other)
    assert _started(machine, "dbt").returncode == 1
    assert "eu-west-1 slipway/prod/airflow" in (machine / "tools" / "bin" / "dbt").read_text()
