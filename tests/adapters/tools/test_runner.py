"""A tool is run alone, told little, and takes all that it started with it when it ends."""

import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from slipway.adapters.tools import ProcessTools
from slipway.adapters.tools.table import TABLE
from slipway.ports.tools import Tool, ToolCall, ToolMissing, ToolStopped, ToolTimedOut

ROOT = Path(__file__).parents[3]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose `ruff` is a shell that runs its arguments, and whose environment has a version."""
    environment = tmp_path / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "ruff").write_text('#!/bin/sh\nexec /bin/sh -c "$@"\n', encoding="utf-8")
    (environment / "bin" / "ruff").chmod(0o755)
    (environment / "bin" / "python").symlink_to(sys.executable)
    metadata = environment / "lib/python3.11/site-packages/ruff-0.17.3.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: ruff\nVersion: 0.17.3\n")
    return tmp_path


def call(folder: Path, *words: str, limit: timedelta = timedelta(seconds=30)) -> ToolCall:
    """A run of the shell behind `ruff`."""
    return ToolCall(tool=Tool.RUFF, arguments=words, folder=folder, limit=limit)


def until(condition: Callable[[], bool]) -> None:
    """Wait until something is the case, ten seconds at most."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Whether a process runs; one that waits to be reaped does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_exit_code_and_both_streams_come_back(checkout: Path) -> None:
    """A non-zero exit code is no error here: a linter's is its answer."""
    result = ProcessTools(checkout).run(call(checkout, "echo out; echo err >&2; exit 7"))
    assert (result.exit_code, result.output, result.errors) == (7, "out\n", "err\n")
    assert 0 < result.seconds < 10


def test_megabytes_on_both_streams_do_not_block(checkout: Path) -> None:
    """A pipe holds 64 KiB: whoever reads one stream after the other waits for ever."""
    line = "head -c 3000000 /dev/zero | tr '\\0' e >&2; head -c 3000000 /dev/zero | tr '\\0' o"
    result = ProcessTools(checkout).run(call(checkout, line))
    assert (len(result.output), len(result.errors)) == (3_000_000, 3_000_000)


def test_lines_are_told_while_the_tool_runs(checkout: Path) -> None:
    """Progress: the first line is there before the tool's end; a last line without an end is a line."""
    go = checkout / "go"
    told: list[str] = []

    def hear(line: str) -> None:
        told.append(line)
        go.touch()

    script = f"echo first; until [ -e {go} ]; do sleep 0.01; done; printf 'gr\\303\\274n\\nlast'"
    result = ProcessTools(checkout).run(call(checkout, script), on_line=hear)
    assert told == ["first", "grün", "last"]
    assert result.output == "first\ngrün\nlast"


def test_nothing_of_our_environment_reaches_a_tool(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A credential of the person's, or a setting, would change the result from machine to machine."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("RUFF_CONFIG", "/elsewhere")
    run = ToolCall(tool=Tool.RUFF, arguments=["env"], folder=checkout, environment={"SNOWFLAKE_USER": "ci"})
    lines = dict(line.split("=", 1) for line in ProcessTools(checkout).run(run).output.splitlines())
    assert lines.keys() - {"PWD", "_", "SHLVL", "OLDPWD"} == {"PATH", "HOME", "LC_ALL", "SNOWFLAKE_USER"}
    assert lines["PATH"].startswith(f"{checkout}/.venv/bin:")


def test_a_script_runs_with_the_tools_own_interpreter(checkout: Path) -> None:
    """Airflow's libraries are in its environment only."""
    words = ["-c", "import sys; print(sys.executable)"]
    run = ToolCall(tool=Tool.RUFF, arguments=words, folder=checkout, python=True)
    assert ProcessTools(checkout).run(run).output.strip() == f"{checkout}/.venv/bin/python"


def test_a_missing_tool_says_how_to_get_it(tmp_path: Path) -> None:
    """A fresh clone before `make setup`, or a new tool before the next one."""
    tools = ProcessTools(tmp_path)
    with pytest.raises(ToolMissing) as caught:
        tools.run(call(tmp_path, "true"))
    assert caught.value.message == f"ruff is not installed: {tmp_path / '.venv'} lacks it"
    assert caught.value.remedy == f"run `make setup` in {tmp_path}"
    with pytest.raises(ToolMissing):
        tools.version(Tool.SQLFLUFF)


def test_a_folder_that_is_gone_is_named(checkout: Path) -> None:
    """Popen says only: no such file."""
    with pytest.raises(ToolMissing) as caught:
        ProcessTools(checkout).run(call(checkout / "gone", "true"))
    assert f"in {checkout / 'gone'}: No such file or directory" in caught.value.message


def test_the_version_is_read_without_a_start(checkout: Path) -> None:
    """Evidence names it; airflow takes seconds to say it."""
    assert ProcessTools(checkout).version(Tool.RUFF) == "0.17.3"


def test_a_time_limit_ends_the_whole_group(checkout: Path) -> None:
    """A child that ignores SIGTERM ends too."""
    pids: list[int] = []
    script = "(trap '' TERM; exec sleep 60) & echo $!; echo $$; wait"
    run = call(checkout, script, limit=timedelta(seconds=0.5))
    with pytest.raises(ToolTimedOut) as caught:
        ProcessTools(checkout).run(run, on_line=lambda line: pids.append(int(line)))
    assert caught.value.message == "ruff took longer than the 0.5 seconds it may and was ended"
    assert len(pids) == 2
    until(lambda: not any(map(is_running, pids)))


def test_what_a_tool_leaves_running_ends_with_it(checkout: Path) -> None:
    """It would hold the pipes open, and the run would never end."""
    began = time.monotonic()
    result = ProcessTools(checkout).run(call(checkout, "sleep 60 & echo $!"))
    assert time.monotonic() - began < 10
    until(lambda: not is_running(int(result.output)))


def test_a_tool_that_closes_its_streams_is_waited_for(checkout: Path) -> None:
    """Its exit code comes later."""
    result = ProcessTools(checkout).run(call(checkout, "exec >&- 2>&-; sleep 0.3; exit 5"))
    assert (result.exit_code, result.output) == (5, "")


def test_an_interrupted_run_leaves_nothing(checkout: Path) -> None:
    """Ctrl-C reaches this process alone; the group's end is ours."""
    pids: list[int] = []

    def interrupt(line: str) -> None:
        pids.append(int(line))
        if len(pids) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ProcessTools(checkout).run(call(checkout, "sleep 60 & echo $!; echo $$; wait"), on_line=interrupt)
    until(lambda: not any(map(is_running, pids)))


def test_a_tool_does_not_outlive_a_slipway_that_was_killed(checkout: Path) -> None:
    """Nobody can catch SIGKILL: dbt would build on beside the process that continues the deployment."""
    script = f"""
from datetime import timedelta
from pathlib import Path
from slipway.adapters.tools import ProcessTools
from slipway.ports.tools import Tool, ToolCall
here = Path({str(checkout)!r})
call = ToolCall(tool=Tool.RUFF, arguments=["trap '' TERM; sleep 60 & echo $!; echo $$; wait"], folder=here)
ProcessTools(here).run(call, on_line=lambda line: print(line, flush=True))
"""
    killed = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert killed.stdout is not None
    with killed.stdout as told:
        pids = [int(told.readline()) for _ in range(2)]
        assert all(map(is_running, pids))
        killed.kill()
        killed.wait(10)
    until(lambda: not any(map(is_running, pids)))


def test_no_process_is_left_of_a_run(checkout: Path) -> None:
    """Neither the tool nor what guards it, and neither as a process that waits to be reaped."""
    tools = ProcessTools(checkout)
    tools.run(call(checkout, "true"))
    with pytest.raises(ToolMissing):
        tools.run(call(checkout / "gone", "true"))
    assert psutil.Process().children(recursive=True) == []


def test_stop_ends_what_other_threads_wait_for_and_starts_nothing_more(checkout: Path) -> None:
    """Checks run side by side; the thread that hears Ctrl-C waits for none of them."""
    tools = ProcessTools(checkout)
    pids: list[int] = []
    raised: list[ToolStopped] = []

    def run() -> None:
        try:
            tools.run(call(checkout, "echo $$; sleep 60"), on_line=lambda line: pids.append(int(line)))
        except ToolStopped as error:
            raised.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    until(lambda: len(pids) == 2)
    tools.stop()
    for thread in threads:
        thread.join(10)
    assert len(raised) == 2
    assert not any(map(is_running, pids))
    with pytest.raises(ToolStopped):
        tools.run(call(checkout, "true"))


def test_no_file_descriptor_stays_open(checkout: Path) -> None:
    """A check runs dozens of tools."""
    tools = ProcessTools(checkout)
    tools.run(call(checkout, "true"))
    before = psutil.Process().num_fds()
    for _ in range(5):
        tools.run(call(checkout, "true"))
    assert psutil.Process().num_fds() == before


@pytest.mark.parametrize("tool", list(Tool))
def test_every_tool_is_pinned_by_a_lockfile(tool: Tool) -> None:
    """A version that evidence names must be one that a lockfile chose."""
    installation = TABLE[tool]
    lock = tomllib.loads((ROOT / installation.environment.parent / "uv.lock").read_text(encoding="utf-8"))
    assert installation.distribution in {package["name"] for package in lock["package"]}
