"""Git's settings by environment: one server's, added to what is there, and never twice."""

from slipway_sandbox.supervisor.git_access import git_variables

FORGE = "http://127.0.0.1:4711"
KEY = f"credential.{FORGE}.helper"
OWN = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "Ana"}


def after(environment: dict[str, str], github: str) -> dict[str, str]:
    """The environment with what `eval` changes in it."""
    merged = environment | git_variables(github, environment)
    return {name: value for name, value in merged.items() if value is not None}


def test_settings_of_ones_own_stay_in_front() -> None:
    """The count counts them."""
    found = after(OWN, FORGE)
    assert found["GIT_CONFIG_COUNT"] == "3"
    assert (found["GIT_CONFIG_KEY_0"], found["GIT_CONFIG_VALUE_0"]) == ("user.name", "Ana")
    assert (found["GIT_CONFIG_KEY_1"], found["GIT_CONFIG_VALUE_1"]) == (KEY, "")
    assert (found["GIT_CONFIG_KEY_2"], "$GITHUB_TOKEN" in found["GIT_CONFIG_VALUE_2"]) == (KEY, True)


def test_a_second_eval_adds_nothing() -> None:
    """Nor does one of another sandbox, on another port, leave the first one's server behind."""
    once = after(OWN, FORGE)
    assert after(once, FORGE) == once
    assert FORGE not in "".join(after(once, "http://127.0.0.1:4712").values())


def test_a_world_without_github_takes_its_settings_away() -> None:
    """What was there before is there again; where nothing was, nothing is said."""
    assert after(after(OWN, FORGE), "") == OWN
    assert after(after({}, FORGE), "") == {}
    assert git_variables("", {}) == {}
