"""The shadow project: the real program, beside stack files that the sandbox may write to.

``pulumi`` writes encryption settings into stack files, and the real ones name a KMS key of a real account. So
the engine is pointed (PULUMI_OPTION_CWD) at a folder that links to every entry of the project, except its
stack files: those are generated, the same without their secrets provider, with the role that AWS
Organizations leaves in an account (nobody has made the one that they name, in a new world), and with the
public key of this world's Airflow: nobody has the private half of the one that they name. What
`pulumi config set` writes goes into the generated ones and lasts until their source changes; what is lost
then is told.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from slipway_sandbox.snowflake.place import AIRFLOW_PUBLIC_FILE, FOLDER
from slipway_sandbox.supervisor.home import Home
from slipway_sandbox.supervisor.project import read_stack, stack_files
from slipway_sandbox.world import ACCESS_ROLE

_NOT_LINKED = frozenset({".git", ".slipway", "keys"})  # pinned keys: a world has its own, and writes them
_SECRETS_KEYS = frozenset({"secretsprovider", "encryptedkey", "encryptionsalt"})
_ASSUMED = "aws:assumeRoles"
_USER_KEYS = "slipway:serviceUserKeys"
_GENERATED_FILE = "generated-stack-files.json"


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """What the sandbox's copy of a stack file had of its own, until its source changed.

    Attributes:
        source: the project's stack file, which stands now.
        settings: names of the settings that `pulumi config` had set or removed in the copy, sorted.
    """

    source: Path
    settings: tuple[str, ...]


def refresh_shadow(home: Home, project: Path) -> list[Dropped]:
    """Bring the shadow up to date with the project; cheap enough for every ``env``.

    A generated stack file is written again when its source has changed or it is gone itself (``pulumi stack
    rm`` deletes it); until then, what ``pulumi config set`` wrote into it stays. It goes with its source.

    Returns:
        What was written into the copies and stands no more.

    Raises:
        DefinitionError: a stack file cannot be read.
    """
    home.project.mkdir(parents=True, exist_ok=True)
    sources = stack_files(project)
    _refresh_links(home.project, project, {path.name for path in sources.values()})
    return _refresh_stack_files(home, sources)


def _refresh_links(shadow: Path, project: Path, generated: set[str]) -> None:
    wanted = {entry.name for entry in project.iterdir()} - _NOT_LINKED - generated
    for entry in shadow.iterdir():
        if entry.is_symlink() and entry.name not in wanted:
            entry.unlink()
    for name in wanted - {entry.name for entry in shadow.iterdir()}:
        (shadow / name).symlink_to(project / name)


def _refresh_stack_files(home: Home, sources: Mapping[str, Path]) -> list[Dropped]:
    record = home.path / _GENERATED_FILE
    known: dict[str, str] = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    public = home.path / FOLDER / AIRFLOW_PUBLIC_FILE
    airflow = public.read_text(encoding="utf-8") if public.exists() else ""
    wanted = {stack: _generated(path, airflow) for stack, path in sources.items()}
    dropped = []
    for stack, path in sources.items():
        target = home.project / path.name
        if known.get(stack) != wanted[stack] or not target.exists():
            lost = _lost(target, known.get(stack, ""), wanted[stack])
            dropped += [Dropped(source=path, settings=lost)] if lost else []
            _write(target, wanted[stack])
    for stack in known.keys() - sources.keys():
        (home.project / f"Pulumi.{stack}.yaml").unlink(missing_ok=True)
    if wanted != known:
        record.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
    return dropped


def _generated(source: Path, airflow: str) -> str:
    document = {key: value for key, value in read_stack(source).items() if key not in _SECRETS_KEYS}
    for role in _roles(document):
        role["roleArn"] = f"{role['roleArn'].rpartition('/')[0]}/{ACCESS_ROLE}"
    keys = document.get("config", {}).get(_USER_KEYS)
    if airflow and isinstance(keys, dict) and "airflow" in keys:
        keys["airflow"] = [airflow]
    return yaml.safe_dump(document, sort_keys=False)


def _roles(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """The roles that a stack file assumes; what is no role is left for the provider to refuse."""
    listed = document.get("config", {}).get(_ASSUMED)
    roles = listed if isinstance(listed, list) else []
    return [each for each in roles if isinstance(each, dict) and isinstance(each.get("roleArn"), str)]


def _write(target: Path, text: str) -> None:
    """Write a copy; it keeps the salt of the sandbox's state, without which its secrets are unreadable."""
    document = yaml.safe_load(text)
    if target.exists():
        document |= {key: value for key, value in read_stack(target).items() if key in _SECRETS_KEYS}
    target.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def _lost(target: Path, before: str, after: str) -> tuple[str, ...]:
    """The settings of a copy that are neither as they were generated nor as they are to be."""
    if not target.exists():
        return ()
    own, old, new = _config(target.read_text(encoding="utf-8")), _config(before), _config(after)
    names = own.keys() | old.keys()
    lost = [name for name in names if own.get(name) not in (old.get(name), new.get(name))]
    return tuple(sorted(lost))


def _config(text: str) -> Mapping[str, Any]:
    return dict((yaml.safe_load(text) or {}).get("config", {}))
