"""Terraform's addresses: modules, instance keys, providers. Pure.

The grammar is that of Terraform's internal/addrs (ModuleInstance, AbsProviderConfig) and of OpenTofu's.
"""

import json
import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from slipway.model.instance_keys import Key, keyed

_STEP: Final = re.compile(r'module\.(?P<name>[\w-]+)(?:\[(?P<key>\d+|"(?:[^"\\]|\\.)*")\])?(?:\.|$)')
_RESOURCE: Final = re.compile(r'(?P<type>[\w-]+)\.(?P<name>[\w-]+)(?:\[(?P<key>\d+|"(?:[^"\\]|\\.)*")\])?')
_PROVIDER: Final = re.compile(
    r'(?:(?P<module>module\..+)\.)?provider\["(?P<source>[^"]+)"\](?:\.(?P<alias>[^.\["]+))?(?P<key>\[.*\])?'
)
_OLD_PROVIDER: Final = re.compile(
    r"(?:(?P<module>module\..+)\.)?provider\.(?P<type>[^.\[]+)(?:\.(?P<alias>[^.]+))?"
)
_DEFAULT_HOST: Final = "registry.terraform.io"
_OLD_NAMESPACE: Final = "-"
_ABOVE_TYPE: Final = 2  # host and namespace


class AddressError(ValueError):
    """A text is no address of that kind; the message quotes it."""


@dataclass(frozen=True, kw_only=True, order=True)
class ModuleStep:
    """One call of a module on the way to a resource.

    Attributes:
        name: of the call.
        key: of its instance; None where there is only one.
    """

    name: str
    key: Key | None = None

    def __str__(self) -> str:
        return f"module.{self.name}{keyed(self.key)}"


ModulePath: TypeAlias = tuple[ModuleStep, ...]
"""From the root module down; the root itself is empty."""


@dataclass(frozen=True, kw_only=True)
class ResourceAddress:
    """Where a managed resource's instance is.

    Attributes:
        module: in which it is.
        type: of the resource.
        name: of the resource.
        key: of its instance; None where there is only one.
    """

    module: ModulePath
    type: str
    name: str
    key: Key | None = None


@dataclass(frozen=True, kw_only=True)
class ProviderRef:
    """A provider's configuration that a resource is managed through.

    Attributes:
        host: of the registry.
        namespace: who publishes it; `-` in states before Terraform 0.13, which did not say.
        type: such as `aws`.
        alias: of the configuration; empty for the default one.
        module: the module that configures it, as the state writes it; empty for the root.
    """

    host: str
    namespace: str
    type: str
    alias: str = ""
    module: str = ""

    @property
    def source(self) -> str:
        """Where it comes from: `hashicorp/aws`, with its host where that is none of the two registries."""
        plain = f"{self.namespace}/{self.type}"
        return plain if self.host in {_DEFAULT_HOST, "registry.opentofu.org"} else f"{self.host}/{plain}"

    @property
    def is_builtin(self) -> bool:
        """Whether it is inside of Terraform itself: its resources are no objects anywhere."""
        return (self.namespace, self.type) == ("builtin", "terraform")

    @property
    def tells_publisher(self) -> bool:
        """Whether the state says who publishes it."""
        return self.namespace != _OLD_NAMESPACE

    def __str__(self) -> str:
        alias = f".{self.alias}" if self.alias else ""
        return f"{self.module}{':' if self.module else ''}{self.source}{alias}"


def module_path(text: str) -> ModulePath:
    """Read a module's address: `module.a.module.b["k"]`; the empty text is the root.

    Raises:
        AddressError: it is none.
    """
    steps, end = _steps(text)
    if end < len(text):
        raise AddressError(f"{text!r} is no address of a module")
    return steps


def resource_address(text: str) -> ResourceAddress:
    """Read a managed resource's address: `module.a["k"].aws_s3_bucket.zone[0]`.

    Raises:
        AddressError: it is none.
    """
    module, end = _steps(text)
    found = _RESOURCE.fullmatch(text, end)
    if found is None:
        raise AddressError(f"{text!r} is no address of a resource")
    return ResourceAddress(module=module, type=found["type"], name=found["name"], key=_key(found["key"]))


def _steps(text: str) -> tuple[ModulePath, int]:
    """Read the modules that an address begins with, and where they end."""
    steps: list[ModuleStep] = []
    at = 0
    while at < len(text) and (found := _STEP.match(text, at)) is not None:
        steps.append(ModuleStep(name=found["name"], key=_key(found["key"])))
        at = found.end()
    return tuple(steps), at


def resource_type(address: str) -> str:
    """Return the type in a resource's address: `aws_s3_bucket` of `module.a["b.c"].aws_s3_bucket.this[0]`."""
    at = 0
    while (found := _STEP.match(address, at)) is not None:
        at = found.end()
    return address[at:].partition(".")[0]


def provider_ref(text: str) -> ProviderRef:
    """Read a provider's address: `module.x.provider["registry.terraform.io/hashicorp/aws"].alias`.

    Raises:
        AddressError: it is none.
    """
    if (found := _PROVIDER.fullmatch(text)) is not None:
        *above, type_ = found["source"].split("/")
        host, namespace = above if len(above) == _ABOVE_TYPE else (_DEFAULT_HOST, *above, _OLD_NAMESPACE)[:2]
        return ProviderRef(
            host=host,
            namespace=namespace,
            type=type_,
            alias=(found["alias"] or "") + (found["key"] or ""),
            module=found["module"] or "",
        )
    if (old := _OLD_PROVIDER.fullmatch(text)) is not None:
        return ProviderRef(
            host=_DEFAULT_HOST,
            namespace=_OLD_NAMESPACE,
            type=old["type"],
            alias=old["alias"] or "",
            module=old["module"] or "",
        )
    raise AddressError(f"{text!r} is no address of a provider")


def _key(text: str | None) -> Key | None:
    if text is None:
        return None
    if not text.startswith('"'):
        return int(text)
    try:
        return str(json.loads(text)).replace("$${", "${").replace("%%{", "%{")
    except ValueError as error:
        raise AddressError(f"the key {text} cannot be read") from error
