"""What is sent again and what is not, against a server that fails as told; and that no token gets out."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from slipway.adapters.github import GithubSettings, wire
from slipway.adapters.github.session import GithubSession
from slipway.ports.source_control_errors import AnswerNotUnderstood, SourceControlLost, TokenRefused

TOKEN = "ghp_very-secret"
LOST = 0
"""A status that stands for a connection which ends without an answer."""


@dataclass
class Script:
    """The answers that a server gives, one after the other; the last one again and again."""

    answers: Sequence[tuple[int, Any]]
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    authorized: set[str] = field(default_factory=set)


@contextmanager
def serving(script: Script) -> Iterator[str]:
    """A server that follows a script, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            status, payload = script.answers[min(len(script.asked), len(script.answers) - 1)]
            script.asked.append(f"{self.command} {self.path}")
            script.authorized.add(self.headers.get("Authorization", ""))
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if status == LOST:
                self.close_connection = True
                return
            content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
            self.send_response(status)
            for name, value in script.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer  # noqa: N815  the base class looks for these names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def session(endpoint: str) -> Iterator[GithubSession]:
    """A session that sends a read three times at most."""
    made = GithubSession(
        GithubSettings(endpoint=endpoint, repository="finedge/platform", token=TOKEN, attempts=3)
    )
    try:
        yield made
    finally:
        made.close()


def test_a_read_survives_a_lost_connection_and_a_failing_server() -> None:
    """Three attempts, then the answer."""
    script = Script([(LOST, None), (502, b"<html>bad gateway</html>"), (200, {"login": "ana"})])
    with serving(script) as endpoint, session(endpoint) as github:
        assert github.get("/user", wire.Account, subject="me").login == "ana"
    assert script.asked == ["GET /user"] * 3
    assert script.authorized == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize("answer", [(LOST, None), (503, {"message": "Unavailable"})])
def test_a_write_is_never_sent_twice(answer: tuple[int, Any]) -> None:
    """It may have arrived."""
    script = Script([answer])
    with serving(script) as endpoint, session(endpoint) as github, pytest.raises(SourceControlLost) as told:
        github.write("POST", "/statuses", {}, wire.Made, subject="status")
    assert script.asked == ["POST /statuses"]
    assert "run the command again" in told.value.remedy


def test_a_read_gives_up_and_says_what_the_server_said() -> None:
    """After the last attempt; a delay that the server asks for is not waited."""
    script = Script([(503, {"message": "Unicorn"})], headers={"Retry-After": "3600"})
    with serving(script) as endpoint, session(endpoint) as github:
        with pytest.raises(SourceControlLost, match="me: the server failed \\(503\\): Unicorn"):
            github.get("/user", wire.Account, subject="me")
        assert len(script.asked) == 3


def test_nothing_answers() -> None:
    """The message names the endpoint and keeps the token to itself."""
    with serving(Script([(200, {})])) as endpoint:
        pass
    with session(endpoint) as github, pytest.raises(SourceControlLost) as told:
        github.get("/user", wire.Account, subject="me")
    assert f"{endpoint} does not answer" in told.value.message
    assert TOKEN not in str(told.value)


def test_errors_of_fields_are_part_of_the_message() -> None:
    """GitHub's own message says no more than that validation failed."""
    errors = [{"field": "state", "code": "invalid"}, "Review body can't be blank"]
    script = Script([(401, {"message": "Validation Failed", "errors": errors})])
    with serving(script) as endpoint, session(endpoint) as github, pytest.raises(TokenRefused) as told:
        github.get("/user", wire.Account, subject="me")
    assert told.value.message == "me: Validation Failed: invalid: Review body can't be blank"


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (b"<html>Sign in</html>", "me: the answer: Invalid JSON"),
        ({"name": "ana"}, "me: login: Field required"),
    ],
)
def test_what_is_no_github_is_told_apart(payload: Any, message: str) -> None:
    """A proxy's sign-in page answers 200."""
    with serving(Script([(200, payload)])) as endpoint, session(endpoint) as github:
        with pytest.raises(AnswerNotUnderstood) as told:
            github.get("/user", wire.Account, subject="me")
        assert told.value.message.startswith(message)


def test_the_token_goes_to_no_other_server() -> None:
    """A link to a next page is followed on the same server only."""
    other = Script([(200, [])])
    with serving(other) as elsewhere:
        script = Script([(200, [])], headers={"Link": f'<{elsewhere}/pulls?page=2>; rel="next"'})
        with (
            serving(script) as endpoint,
            session(endpoint) as github,
            pytest.raises(AnswerNotUnderstood, match="the next page is on another server"),
        ):
            list(github.pages("/pulls", wire.Pulls, subject="pull requests"))
    assert other.asked == []


def test_a_netrc_file_does_not_take_the_tokens_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The HTTP library would prefer it."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    script = Script([(200, {"login": "ana"})])
    with serving(script) as endpoint, session(endpoint) as github:
        github.get("/user", wire.Account, subject="me")
    assert script.authorized == {f"Bearer {TOKEN}"}


def test_settings_do_not_show_the_token() -> None:
    """They are printed with `-v`."""
    settings = GithubSettings(endpoint="https://api.github.com", repository="finedge/platform", token=TOKEN)
    assert TOKEN not in repr(settings)
