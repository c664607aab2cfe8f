"""How plain `git` finds the token for the sandbox's GitHub: settings by environment, for that server only.

A credential helper answers with $GITHUB_TOKEN as it is when git asks. So a URL that carries somebody else's
token keeps it, and whoever exports another GITHUB_TOKEN is that person for git as well. Helpers of the user's
own are left out for this server: they would keep a token that ends with the sandbox.
"""

from collections.abc import Mapping

_COUNT = "GIT_CONFIG_COUNT"
_PREFIX = "credential.http://127.0.0.1:"
_NO_OTHER_HELPER = ""  # an empty value ends the list of helpers that were configured before
_HELPER = '!f() { test "$1" != get || printf "username=x-access-token\\npassword=%s\\n" "$GITHUB_TOKEN"; }; f'

Setting = tuple[str, str]


def git_variables(github: str, inherited: Mapping[str, str]) -> dict[str, str | None]:
    """Git's settings by environment: those that are there, and access to the sandbox's GitHub.

    Args:
        github: where it is; empty where the world has none.
        inherited: the environment that they will be added to. What an earlier sandbox left in it is dropped.
    """
    before = _settings(inherited)
    kept = [(key, value) for key, value in before if not key.startswith(_PREFIX)]
    key = f"credential.{github}.helper"
    wanted = [*kept, *([(key, _NO_OTHER_HELPER), (key, _HELPER)] if github else [])]
    if not before and not wanted:
        return {}
    surplus = dict.fromkeys(name for at in range(len(wanted), len(before)) for name in _names(at))
    return {**surplus, **_numbered(wanted), _COUNT: str(len(wanted)) if wanted else None}


def _settings(environment: Mapping[str, str]) -> list[Setting]:
    count = environment.get(_COUNT, "")
    pairs = (_names(at) for at in range(int(count) if count.isdigit() else 0))
    return [(environment[key], environment.get(value, "")) for key, value in pairs if key in environment]


def _numbered(settings: list[Setting]) -> dict[str, str]:
    return {
        name: text for at, pair in enumerate(settings) for name, text in zip(_names(at), pair, strict=True)
    }


def _names(at: int) -> tuple[str, str]:
    return f"GIT_CONFIG_KEY_{at}", f"GIT_CONFIG_VALUE_{at}"
