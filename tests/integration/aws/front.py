"""An AWS front of the tests' own, with DynamoDB Local, on free ports; both are ended by their process ids."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3

from slipway.model.environment import StackName

SANDBOX: Final = Path(__file__).parents[3] / "sandbox"
REGION: Final = "us-east-1"
ACCOUNTS: Final[Mapping[StackName, str]] = {
    StackName.SHARED: "111122223333",
    StackName.DEV: "222233334444",
    StackName.STAGING: "333344445555",
    StackName.PROD: "444455556666",
}
_KEY: Final = {"access_key_id": "AKIATESTTESTTESTTEST", "secret_access_key": "the-engineers-secret"}
_DEADLINE_SECONDS: Final = 60.0
_JAVA: Final = """\
import json, sys
from pathlib import Path
from slipway_sandbox.supervisor.dynamodb import LIBRARIES, java_command
print(json.dumps(java_command(LIBRARIES, Path(sys.argv[1]), int(sys.argv[2]))))
"""


@dataclass(frozen=True, kw_only=True)
class Front:
    """A front that answers.

    Attributes:
        url: where.
        environment: what leads boto3 and the command there, as the platform engineer.
    """

    url: str
    environment: Mapping[str, str]

    def session(self, key: Mapping[str, str] = _KEY) -> Any:
        """A session of the engineer, or of whoever has the key."""
        return boto3.Session(
            aws_access_key_id=key["access_key_id"],
            aws_secret_access_key=key["secret_access_key"],
            region_name=REGION,
        )


@contextmanager
def running_front(home: Path, people: Mapping[str, Mapping[str, str]] | None = None) -> Iterator[Front]:
    """Run a front until the block ends.

    Args:
        home: a folder of its own.
        people: keys of users of the audit account, by id: `user`, `access_key_id`, `secret_access_key`.
    """
    founding = {
        "region": REGION,
        "accounts": {str(stack): account for stack, account in ACCOUNTS.items()},
        "github_owner": "finedge",
        "people": dict(people or {}),
        **_KEY,
    }
    (home / "founding.json").write_text(json.dumps(founding), encoding="utf-8")
    dynamodb, aws = _free_port(), _free_port()
    url = f"http://127.0.0.1:{aws}"
    with (
        _running(_java(home, dynamodb), f"http://127.0.0.1:{dynamodb}/", home / "dynamodb.log"),
        _running(_front(home, aws, dynamodb), f"{url}/_slipway/health", home / "aws.log"),
    ):
        environment = {
            "AWS_ACCESS_KEY_ID": _KEY["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": _KEY["secret_access_key"],
            "AWS_ENDPOINT_URL": url,
            "AWS_REGION": REGION,
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        yield Front(url=url, environment=environment)


def _java(home: Path, port: int) -> list[str]:
    python = [str(SANDBOX / ".venv/bin/python"), "-P", "-c", _JAVA, str(home), str(port)]
    asked = subprocess.run(python, cwd=SANDBOX, capture_output=True, text=True, check=True)
    command: list[str] = json.loads(asked.stdout)
    return command


def _front(home: Path, port: int, dynamodb: int) -> list[str]:
    module = [str(SANDBOX / ".venv/bin/python"), "-P", "-u", "-m", "slipway_sandbox.aws"]
    return [*module, "--home", str(home), "--port", str(port), "--dynamodb", f"http://127.0.0.1:{dynamodb}"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str], ready: str, log: Path) -> Iterator[None]:
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=SANDBOX, stdout=output, stderr=output) as process,
    ):
        try:
            _wait_until_answers(process, ready, log)
            yield
        finally:
            process.kill()
            process.wait()


def _wait_until_answers(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        if _answers(url):
            return
        time.sleep(0.05)
    raise AssertionError(f"{url} did not answer: {log.read_text(encoding='utf-8')}")


def _answers(url: str) -> bool:
    """Whether a server answers; DynamoDB Local answers a plain GET with 400."""
    try:
        urllib.request.urlopen(url, timeout=1).close()  # noqa: S310 - a loopback URL of the test's own
    except urllib.error.HTTPError as answer:
        answer.close()
    except OSError:
        return False
    return True
