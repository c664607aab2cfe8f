"""snowflake.Stage, of which the account keeps where it is and who may use it: it has no files."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from slipway_sandbox.provider.snowflake.names import qualified
from slipway_sandbox.provider.snowflake.resource import (
    PipedObject,
    Setting,
    a_text,
    identifier,
    refuse,
    spelt,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slipway_sandbox.provider.contract import Properties
    from slipway_sandbox.provider.snowflake.client import Row, Snowflake

_LACKING: Final = MappingProxyType(
    {"tags": "tags", "awsExternalId": "identity at AWS", "snowflakeIamUser": "identity at AWS"}
)
_COMPUTED: Final = frozenset({"LAST_REFRESHED_ON"})


def _options(value: Any) -> str:
    """Options as the program writes them: the inside of their parentheses."""
    return f"({value})"


class Stage(PipedObject):
    """A stage; the account refuses by name what only files give a meaning to."""

    kind = "STAGE"
    replace_on = frozenset({"database", "schema", "name", "directory"})
    settings = (
        Setting("url", "URL", a_text),
        Setting("credentials", "CREDENTIALS", _options),
        Setting("storageIntegration", "STORAGE_INTEGRATION", identifier),
        Setting("encryption", "ENCRYPTION", _options),
        Setting("fileFormat", "FILE_FORMAT", _options),
        Setting("copyOptions", "COPY_OPTIONS", _options),
        Setting("directory", "DIRECTORY", _options),
        Setting("comment", "COMMENT", a_text),
    )

    def creation(self, name: str, inputs: Properties) -> Iterable[str]:
        """The words of CREATE.

        Raises:
            ProviderFault: the program sets what the account has nothing for.
        """
        refuse(inputs, _LACKING)
        return super().creation(name, inputs)

    def alterations(self, old: Properties, new: Properties) -> Iterable[str]:
        """The statements of a change.

        Raises:
            ProviderFault: the program sets what the account has nothing for.
        """
        refuse(new, _LACKING)
        return super().alterations(old, new)

    def outputs(self, api: Snowflake, path: tuple[str, ...], row: Row, inputs: Properties) -> Properties:
        """Where it is, what SHOW says, and the options that differ from their defaults.

        Encryption and credentials are told by no statement: they stay as the program gave them.
        """
        told = api.rows(f"DESCRIBE STAGE {qualified(*path)}")
        integration = row["storage_integration"]
        return {
            "url": row["url"] or None,
            "storageIntegration": spelt(
                inputs.get("storageIntegration"), integration, lambda name: name.strip('"')
            )
            if integration
            else None,
            "fileFormat": _differing(told, "STAGE_FILE_FORMAT", inputs.get("fileFormat")),
            "copyOptions": _differing(told, "STAGE_COPY_OPTIONS", inputs.get("copyOptions")),
            "directory": _differing(told, "DIRECTORY", inputs.get("directory")),
            "comment": row["comment"] or None,
        }


def _differing(rows: Iterable[Row], parent: str, given: Any) -> str | None:
    """The properties that have not their default, as the real provider writes them; None for none."""
    found = [
        f"{row['property']} = {row['property_value']}"
        for row in rows
        if row["parent_property"] == parent and row["property_value"] != row["property_default"]
        if row["property"] not in _COMPUTED
    ]
    return spelt(given, " ".join(found), _plain) if found else None


def _plain(options: str) -> str:
    return "".join(options.split()).replace("'", "").upper()
