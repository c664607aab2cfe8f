"""What a provider's settings say: checked, read, and turned into a session with the sandbox's servers.

The settings are those of the real providers, by the same names. Settings of the transport (proxies, retries,
dual-stack, rate limits) are accepted and mean nothing here: no request leaves the machine.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from slipway_sandbox.provider import credentials, github_session, snowflake_session
from slipway_sandbox.provider.checks import Checked, check
from slipway_sandbox.provider.contract import Properties, ProviderFault, Session
from slipway_sandbox.provider.schema import ANY, Kind, Schema, Shape, parse
from slipway_sandbox.provider.tags import TagRules
from slipway_sandbox.provider.values import Secret, bare
from slipway_sandbox.world import World, WorldError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ENGINE_KEYS = frozenset({"version", "pluginDownloadURL", "pluginChecksums", "envVarMappings"})
"""What the engine keeps among a provider's inputs for itself."""
LEGACY = {"aws": {"assumeRole": parse("#ProviderAssumeRole")}}
"""Settings of earlier releases that are still written in stack files."""
REFUSED = {"github": {"appAuth": "give a token instead: the sandbox's GitHub knows no apps"}}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def check_settings(schema: Schema, given: Properties) -> Checked:
    """Judge a provider's settings; the result has nested ones as values, not as JSON text."""
    known = {**schema.config, **LEGACY.get(schema.package, {})}
    own = {
        name: _parsed(schema, known[name].shape, value) if name in known else value
        for name, value in given.items()
        if name not in ENGINE_KEYS
    }
    return check(schema, known, own, f"the {schema.package} provider")


def _parsed(schema: Schema, shape: Shape, value: Any) -> Any:
    """A nested setting that comes as JSON text, its fields by their wire names."""
    if isinstance(value, Secret):
        return Secret(_parsed(schema, shape, value.value))
    if shape.kind in {Kind.LIST, Kind.MAP, Kind.OBJECT} and isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return value  # no JSON: the check says that a list or an object was expected
    return _respelt(schema, shape, value)


def _respelt(schema: Schema, shape: Shape, value: Any) -> Any:
    """Fields that a Python program wrote as `role_arn`: the SDK does not translate a provider's own."""
    match shape.kind, value:
        case Kind.LIST, list():
            return [_respelt(schema, shape.item or ANY, item) for item in value]
        case Kind.OBJECT, dict():
            fields = schema.object(shape.name)
            wire = {name: name if name in fields else _camel(name) for name in value}
            return {
                wire[name]: _respelt(schema, fields[wire[name]].shape, item) if wire[name] in fields else item
                for name, item in value.items()
            }
        case _:
            return value


def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)


@dataclass(frozen=True, kw_only=True)
class Configured:
    """One configured provider.

    Attributes:
        package: the provider's package.
        settings: the checked settings, plain.
        session: the connection to the servers that the settings lead to.
    """

    package: str
    settings: Properties
    session: Session

    @property
    def region(self) -> str:
        """The AWS region; "" for the other packages."""
        return self.session.region

    @property
    def tags(self) -> TagRules:
        """What the settings say about tags."""
        return _tags(self.settings)


def configured(schema: Schema, home: Path, given: Properties) -> Configured:
    """The provider that ``given`` settings make, connected: what cannot work fails a preview already.

    Raises:
        ProviderFault: a setting is unknown, of a wrong type, or not to be had in the sandbox; no sandbox is
            up, or the credentials lead to an account that is not allowed.
    """
    checked = check_settings(schema, given)
    if checked.failures:
        reasons = "; ".join(f"{failure.path}: {failure.reason}" for failure in checked.failures)
        raise ProviderFault(f"the {schema.package} provider's settings are wrong: {reasons}")
    settings = bare(checked.inputs)
    for name, remedy in REFUSED.get(schema.package, {}).items():
        if name in settings:
            raise ProviderFault(f"the sandbox does not support {schema.package}:{name}", remedy=remedy)
    return Configured(
        package=schema.package, settings=settings, session=_connected(schema.package, home, settings)
    )


def _connected(package: str, home: Path, settings: Properties) -> Session:
    urls = endpoints(settings)
    try:
        world = World.load(home)
    except WorldError as error:
        raise ProviderFault(error.message, remedy=error.remedy) from error
    match package:
        case "aws":
            _require(world.aws, "AWS")
            return credentials.aws_session(world, settings, _tags(settings).defaults, urls)
        case "github":
            _require(world.github, "GitHub")
            github = github_session.connect(world, settings)
            return Session(package="github", account="", region="", world=world, github=github)
        case "snowflake":
            _require(world.snowflake, "Snowflake")
            snowflake = snowflake_session.connect(world, settings)
            return Session(package="snowflake", account="", region="", world=world, snowflake=snowflake)
        case _:
            return Session(package=package, account="", region="", world=world)


def _require(url: str, server: str) -> None:
    """Refuse a world without a server, whose requests would lead to a real one or nowhere."""
    if not url:
        raise ProviderFault(
            f"this sandbox was started without {server}",
            remedy="end it with `slipway sandbox down`, then start all of it with `slipway sandbox up`",
        )


def _tags(settings: Properties) -> TagRules:
    ignore = settings.get("ignoreTags", {})
    return TagRules(
        defaults=settings.get("defaultTags", {}).get("tags", {}),
        ignored=frozenset(ignore.get("keys", [])),
        ignored_prefixes=tuple(ignore.get("keyPrefixes", [])),
    )


def endpoints(settings: Properties) -> Mapping[str, str]:
    """Service -> URL of the `endpoints` setting.

    Raises:
        ProviderFault: one leads away from this machine.
    """
    entries = settings.get("endpoints", [])
    found = {service: url for entry in entries for service, url in entry.items()}
    for service, url in found.items():
        if urlsplit(url).hostname not in LOOPBACK:
            raise ProviderFault(
                f"endpoint {url} of {service} is not on this machine",
                remedy="leave endpoints out: the sandbox provider knows its servers",
            )
    return found


def from_variables(schema: Schema, variables: Mapping[str, str]) -> Properties:
    """Settings as old engines send them: "aws:config:region" -> text."""
    prefix = f"{schema.package}:config:"
    return {key.removeprefix(prefix): text for key, text in variables.items() if key.startswith(prefix)}
