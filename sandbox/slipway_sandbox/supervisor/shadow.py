"""The shadow project: the real program, beside stack files that the sandbox may write to.

``pulumi`` writes encryption settings into stack files, and the real ones name a KMS key of a real account. So
the engine is pointed (PULUMI_OPTION_CWD) at a folder that links to every entry of the project, except its
stack files: those are generated, the same without their secrets provider.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml

from slipway_sandbox.supervisor.home import Home
from slipway_sandbox.supervisor.project import read_stack, stack_files

_NOT_LINKED = frozenset({".git", ".slipway"})
_SECRETS_KEYS = frozenset({"secretsprovider", "encryptedkey", "encryptionsalt"})
_SOURCES_FILE = "stack-files.json"


def refresh_shadow(home: Home, project: Path) -> None:
    """Bring the shadow up to date with the project; cheap enough for every ``env``.

    A generated stack file is written again when its source has changed or it is gone itself (``pulumi stack
    rm`` deletes it); until then, what ``pulumi config set`` wrote into it stays. It goes with its source.

    Raises:
        DefinitionError: a stack file cannot be read.
    """
    home.project.mkdir(parents=True, exist_ok=True)
    sources = stack_files(project)
    _refresh_links(home.project, project, {path.name for path in sources.values()})
    _refresh_stack_files(home, sources)


def _refresh_links(shadow: Path, project: Path, generated: set[str]) -> None:
    wanted = {entry.name for entry in project.iterdir()} - _NOT_LINKED - generated
    for entry in shadow.iterdir():
        if entry.is_symlink() and entry.name not in wanted:
            entry.unlink()
    for name in wanted - {entry.name for entry in shadow.iterdir()}:
        (shadow / name).symlink_to(project / name)


def _refresh_stack_files(home: Home, sources: dict[str, Path]) -> None:
    record = home.path / _SOURCES_FILE
    known: dict[str, str] = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    digests = {stack: hashlib.sha256(path.read_bytes()).hexdigest() for stack, path in sources.items()}
    for stack, path in sources.items():
        target = home.project / path.name
        if known.get(stack) != digests[stack] or not target.exists():
            _generate(path, target)
    for stack in known.keys() - sources.keys():
        (home.project / f"Pulumi.{stack}.yaml").unlink(missing_ok=True)
    if digests != known:
        record.write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")


def _generate(source: Path, target: Path) -> None:
    document = {key: value for key, value in read_stack(source).items() if key not in _SECRETS_KEYS}
    if target.exists():
        document |= _own_secrets(read_stack(target))
    target.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def _own_secrets(document: dict[str, Any]) -> dict[str, Any]:
    """The salt with which the sandbox's state is encrypted: without it, its secrets are unreadable."""
    return {key: value for key, value in document.items() if key in _SECRETS_KEYS}
