"""Runs Terraform with the AWS provider that is installed here. Nothing is downloaded, no account is asked."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

_SOURCE: Final = "registry.terraform.io/hashicorp/aws"
_PLACES: Final = (
    "~/.terraform.d/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
)
"""Where Terraform itself looks for providers: https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories"""
PLUGINS_VARIABLE: Final = "TERRAFORM_PLUGINS"
"""Names another such folder."""
_TIME_LIMIT_SECONDS: Final = 600
_ENDING: Final = ".tf.json"
_MAIN: Final = "main"
_NOBODY: Final = {
    "region": "us-east-1",
    "access_key": "nobody",
    "secret_key": "nobody",
    "skip_credentials_validation": True,
    "skip_requesting_account_id": True,
    "skip_metadata_api_check": True,
}
"""The provider plans what is new without a question to AWS; these credentials are nobody's."""


class TerraformMissing(Exception):  # noqa: N818 - it says what is the case
    """There is no Terraform here, or no AWS provider."""


class TerraformFailed(Exception):  # noqa: N818 - it says what is the case
    """Terraform did not do what it was asked, apart from finding the configuration wrong."""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """The AWS provider that is installed.

    Attributes:
        plugins: the folder in which Terraform finds it.
        version: such as 5.100.0.
    """

    plugins: Path
    version: str


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """What the provider says of one file.

    Attributes:
        severity: error or warning.
        file: the configuration's file; empty when it is about none.
        text: summary and detail, in one line.
    """

    severity: str
    file: str
    text: str


def installed_provider() -> Provider:
    """Find the newest AWS provider that is installed here.

    Raises:
        TerraformMissing: there is none, or no `terraform` command.
    """
    if shutil.which("terraform") is None:
        raise TerraformMissing("the command terraform is not installed")
    named = os.environ.get(PLUGINS_VARIABLE)
    places = [Path(place).expanduser() for place in ([named] if named else _PLACES)]
    found = [
        (tuple(int(number) for number in each.name.split(".")), each.name, place)
        for place in places
        for each in place.glob(f"{_SOURCE}/*")
        if each.is_dir() and each.name.replace(".", "").isdigit()
    ]
    if not found:
        shown = ", ".join(map(str, places))
        raise TerraformMissing(f"no AWS provider is installed below {shown} ({_SOURCE}/VERSION/PLATFORM)")
    _, version, plugins = max(found)
    return Provider(plugins=plugins, version=version)


class Terraform:
    """One folder of configuration.

    Args:
        folder: an empty one; this object's own.
        provider: which is used.
    """

    def __init__(self, folder: Path, provider: Provider) -> None:
        self._folder = folder
        terraform = {"required_providers": {"aws": {"source": _SOURCE, "version": provider.version}}}
        self._write(_MAIN, {"terraform": terraform, "provider": {"aws": _NOBODY}})
        self._run("init", "-backend=false", "-input=false", f"-plugin-dir={provider.plugins}")

    @cached_property
    def schemas(self) -> Mapping[str, Any]:
        """Return the provider's resource types."""
        found = json.loads(self._run("providers", "schema", "-json"))
        schemas: Mapping[str, Any] = found["provider_schemas"][_SOURCE]["resource_schemas"]
        return schemas

    def replace(self, files: Mapping[str, Mapping[str, Any]]) -> None:
        """Write the files of the resources; those of other resources go."""
        for path in set(self._folder.glob(f"*{_ENDING}")) - {self._path(_MAIN)}:
            path.unlink()
        for name, content in files.items():
            self._write(name, content)

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        self._path(name).write_text(json.dumps(content), encoding="utf-8")

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{_ENDING}"

    def validate(self) -> list[Diagnostic]:
        """Return what the provider says of the whole configuration."""
        found = json.loads(self._run("validate", "-json", accept=(0, 1)))
        return list(_diagnostics(found["diagnostics"]))

    def plan(self) -> list[Diagnostic]:
        """Return what the provider says when it plans to make all of it: it looks at more then than alone."""
        told = self._run("plan", "-json", "-refresh=false", "-lock=false", "-input=false", accept=(0, 1))
        lines = [json.loads(line) for line in told.splitlines()]
        return list(_diagnostics([each["diagnostic"] for each in lines if each["type"] == "diagnostic"]))

    def _run(self, *words: str, accept: Sequence[int] = (0,)) -> str:
        command = ["terraform", *words]
        # A configuration of the machine's own could name a registry, or a provider that is under development.
        environment = os.environ | {
            "TF_CLI_CONFIG_FILE": os.devnull,
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
        }
        ended = subprocess.run(
            command,
            cwd=self._folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIME_LIMIT_SECONDS,
        )
        if ended.returncode not in accept:
            raise TerraformFailed(
                f"{' '.join(command)} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}"
            )
        return ended.stdout


def _diagnostics(found: Sequence[Mapping[str, Any]]) -> Iterator[Diagnostic]:
    for each in found:
        text = " ".join(f"{each['summary']}: {each.get('detail', '')}".split())
        file = each.get("range", {}).get("filename", "")
        yield Diagnostic(severity=each["severity"], file=file.removesuffix(_ENDING), text=text)
