"""The environment that points plain ``pulumi``, ``aws``, ``boto3``, ``git`` and ``slipway`` at a sandbox."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from slipway_sandbox.snowflake.place import ACCOUNT_NAME, ENGINEER, ENGINEER_ROLE, FOLDER, PRIVATE_KEY_FILE
from slipway_sandbox.supervisor.faults import UsageError
from slipway_sandbox.supervisor.git_access import git_variables
from slipway_sandbox.supervisor.home import Home
from slipway_sandbox.world import World

_PASSPHRASE = "sandbox"  # noqa: S105 - guards nothing: state, key and world live in one folder on one machine
_GITHUB_TOKEN_FILE = "github-token"  # noqa: S105 - a file's name

_FOREIGN = frozenset(
    {
        "AWS_CONFIG_FILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_PROFILE",
        "AWS_ROLE_ARN",
        "AWS_SECURITY_TOKEN",
        "AWS_SESSION_TOKEN",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "GITHUB_ENTERPRISE_TOKEN",
        "PULUMI_ACCESS_TOKEN",
        "PULUMI_CONFIG_PASSPHRASE_FILE",
        "SNOWFLAKE_ACCOUNT_NAME",
        "SNOWFLAKE_DATABASE",
        "SNOWFLAKE_ORGANIZATION_NAME",
        "SNOWFLAKE_PASSWORD",
        "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE",
        "SNOWFLAKE_PRIVATE_KEY_PATH",
        "SNOWFLAKE_PRIVATE_KEY_RAW",
        "SNOWFLAKE_PROFILE",
        "SNOWFLAKE_SCHEMA",
        "SNOWFLAKE_TOKEN",
        "SNOWFLAKE_WAREHOUSE",
    }
)
"""Variables of another environment that would mix a real account into the sandbox."""

_OF_SERVERS = frozenset(
    {
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "GITHUB_BASE_URL",
        "GITHUB_OWNER",
        "GITHUB_TOKEN",
        "SNOWFLAKE_ACCOUNT",
        "SNOWFLAKE_AUTHENTICATOR",
        "SNOWFLAKE_HOST",
        "SNOWFLAKE_PORT",
        "SNOWFLAKE_PRIVATE_KEY",
        "SNOWFLAKE_PRIVATE_KEY_FILE",
        "SNOWFLAKE_PROTOCOL",
        "SNOWFLAKE_ROLE",
        "SNOWFLAKE_USER",
    }
)
"""Variables that lead to a server: where this world has none, they must not lead to a real one."""

Variables = dict[str, str | None]
"""Name -> value; None: to be unset."""


def pulumi_variables(home: Home, project: Path) -> dict[str, str]:
    """What the Pulumi engine needs, servers running or not."""
    return {
        "PULUMI_HOME": str(home.pulumi_home),
        "PULUMI_BACKEND_URL": f"file://{home.state}",
        "PULUMI_CONFIG_PASSPHRASE": _PASSPHRASE,
        "PULUMI_OPTION_CWD": str(home.project),
        "PULUMI_SKIP_CHECKPOINTS": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "SLIPWAY_SANDBOX_HOME": str(home.path),
        "PATH": search_path(project),
    }


def variables(
    world: World, project: Path, inherited: Mapping[str, str], *, person: str | None = None
) -> Variables:
    """The whole environment of a running world.

    Args:
        world: the world.
        project: the Pulumi project.
        inherited: the environment it will be added to.
        person: id of who of the team acts in AWS; the platform engineer when absent.

    Raises:
        UsageError: the team has no such person.
    """
    endpoints = {name for name in inherited if name.startswith("AWS_ENDPOINT_URL_")}
    removed: Variables = dict.fromkeys(sorted(endpoints | _FOREIGN | _OF_SERVERS))
    return (
        removed
        | _aws(world, person)
        | _github(world)
        | git_variables(world.github, inherited)
        | snowflake_variables(world.home, world.snowflake)
        | _snowflake_key(world)
        | pulumi_variables(Home(world.home), project)
    )


def neutral(inherited: Mapping[str, str]) -> dict[str, str]:
    """An environment without what leads to a server or an account, or changes Airflow or Python."""
    named = _FOREIGN | _OF_SERVERS
    prefixes = ("AWS_ENDPOINT_URL_", "AIRFLOW", "PYTHON", "PULUMI_")
    return {
        name: value
        for name, value in inherited.items()
        if name not in named and not name.startswith(prefixes)
    }


def github_token(world: World) -> str:
    """The platform engineer's token, which the GitHub server writes into the sandbox's folder."""
    return (world.home / _GITHUB_TOKEN_FILE).read_text(encoding="utf-8").strip()


def _aws(world: World, person: str | None) -> dict[str, str]:
    if not world.aws:
        return {}
    key_id, secret = _key(world, person)
    return {
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_ENDPOINT_URL": world.aws,
        "AWS_REGION": world.region,
        "AWS_DEFAULT_REGION": world.region,
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _key(world: World, person: str | None) -> tuple[str, str]:
    if person is None:
        return world.access_key_id, world.secret_access_key
    if person not in world.people:
        raise UsageError(
            f"'{person}' is nobody of the team who acts in AWS",
            remedy=f"name one of {', '.join(sorted(world.people)) or 'a workspace with a team.yaml'}",
        )
    key = world.people[person]
    return key["access_key_id"], key["secret_access_key"]


def _github(world: World) -> dict[str, str]:
    if not world.github:
        return {}
    return {
        "GITHUB_BASE_URL": f"{world.github}/",
        "GITHUB_OWNER": world.github_owner,
        "GITHUB_TOKEN": github_token(world),
    }


def _snowflake_key(world: World) -> dict[str, str]:
    """What Pulumi's provider reads where the tools read a file; a stack file says which account it is."""
    if not world.snowflake:
        return {}
    key = world.home / FOLDER / PRIVATE_KEY_FILE
    return {"SNOWFLAKE_PRIVATE_KEY": key.read_text(encoding="utf-8")}


def snowflake_variables(home: Path, server: str) -> dict[str, str]:
    """What Snowflake's tools read; the drivers themselves want it as parameters.

    Args:
        home: the sandbox's folder.
        server: base URL of the account; empty when it is not part of the world.
    """
    if not server:
        return {}
    url = urlsplit(server)
    return {
        "SNOWFLAKE_ACCOUNT": ACCOUNT_NAME,
        "SNOWFLAKE_HOST": str(url.hostname),
        "SNOWFLAKE_PORT": str(url.port),
        "SNOWFLAKE_PROTOCOL": url.scheme,
        "SNOWFLAKE_USER": ENGINEER,
        "SNOWFLAKE_ROLE": ENGINEER_ROLE,
        "SNOWFLAKE_AUTHENTICATOR": "SNOWFLAKE_JWT",
        "SNOWFLAKE_PRIVATE_KEY_FILE": str(home / FOLDER / PRIVATE_KEY_FILE),
    }


def search_path(project: Path) -> str:
    """PATH with the project's own tools first, whatever was there before."""
    tools = str(project / ".venv" / "bin")
    others = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder != tools]
    return os.pathsep.join([tools, *others])


def shell_lines(wanted: Variables) -> list[str]:
    """POSIX shell lines for ``eval``."""
    unset = [name for name, value in wanted.items() if value is None]
    lines = [f"unset {' '.join(unset)}"] if unset else []
    return lines + [
        f"export {name}={shlex.quote(value)}" for name, value in wanted.items() if value is not None
    ]
