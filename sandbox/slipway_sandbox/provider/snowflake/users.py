"""snowflake.ServiceUser: a user that a program logs in as, with a key pair."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from slipway_sandbox.provider.contract import ProviderFault
from slipway_sandbox.provider.snowflake.names import qualified
from slipway_sandbox.provider.snowflake.resource import NamedObject, Setting, a_text, identifier, spelt, word
from slipway_sandbox.provider.snowflake.shown import has_value, shaped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slipway_sandbox.provider.contract import Properties
    from slipway_sandbox.provider.snowflake.client import Row, Snowflake

_TEXTS: Final = {
    "loginName": "LOGIN_NAME",
    "displayName": "DISPLAY_NAME",
    "email": "EMAIL",
    "rsaPublicKey": "RSA_PUBLIC_KEY",
    "rsaPublicKey2": "RSA_PUBLIC_KEY_2",
    "comment": "COMMENT",
}
_NAMES: Final = {"defaultWarehouse": "DEFAULT_WAREHOUSE", "defaultRole": "DEFAULT_ROLE"}
_SHOWN: Final = {
    "loginName": "login_name",
    "displayName": "display_name",
    "email": "email",
    "comment": "comment",
    "defaultWarehouse": "default_warehouse",
    "defaultNamespace": "default_namespace",
    "defaultRole": "default_role",
}
_OPTIONS: Final = {'["ALL"]': "ALL", "[]": "NONE"}
"""The lists of secondary roles that SHOW USERS tells, as the provider's option; nothing is DEFAULT."""
_KEYS: Final = {"rsaPublicKey": "RSA_PUBLIC_KEY", "rsaPublicKey2": "RSA_PUBLIC_KEY_2"}
_OF_THE_NAME: Final = frozenset({"loginName", "displayName"})


def _roles(option: Any) -> str:
    """ALL or NONE as the property's list."""
    return "('ALL')" if str(option).upper() == "ALL" else "()"


class ServiceUser(NamedObject):
    """A user of type SERVICE; the id is its quoted name."""

    kind = "USER"
    settings = (
        *(Setting(name, sql, a_text) for name, sql in _TEXTS.items()),
        *(Setting(name, sql, identifier) for name, sql in _NAMES.items()),
        Setting("defaultNamespace", "DEFAULT_NAMESPACE", a_text),
        Setting("defaultSecondaryRolesOption", "DEFAULT_SECONDARY_ROLES", _roles),
        Setting("disabled", "DISABLED", word),
        Setting("daysToExpiry", "DAYS_TO_EXPIRY", word),
        Setting("minsToUnlock", "MINS_TO_UNLOCK", word),
    )
    defaults = MappingProxyType({"disabled": "false", "defaultSecondaryRolesOption": "DEFAULT"})

    def creation(self, name: str, inputs: Properties) -> Iterable[str]:
        """The words of CREATE.

        Raises:
            ProviderFault: the program sets a parameter that the sandbox's users do not have.
        """
        known = {each.input for each in self.settings} | {"name"}
        for each in sorted(inputs.keys() - known):
            raise ProviderFault(f"a user of the sandbox's Snowflake has no {each}", remedy="leave it out")
        return [*super().creation(name, inputs), "TYPE = SERVICE"]

    def outputs(self, api: Snowflake, path: tuple[str, ...], row: Row, inputs: Properties) -> Properties:
        """Its properties, and what SHOW says; the keys are told by DESCRIBE only."""
        told = {each["property"]: each["value"] for each in api.rows(f"DESCRIBE USER {qualified(*path)}")}
        return {
            **{name: _given(inputs, name, row[column], path[-1]) for name, column in _SHOWN.items()},
            **{name: told.get(key) for name, key in _KEYS.items()},
            "defaultSecondaryRolesOption": _option(inputs, row["default_secondary_roles"]),
            "disabled": row["disabled"] if inputs.get("disabled") is not None or not inputs else None,
            "userType": row["type"],
            "showOutputs": [shaped("ServiceUserShowOutput", row)],
        }


def _option(inputs: Properties, told: Any) -> str | None:
    """The option in the program's spelling; None where a program says nothing and it is not set."""
    given = inputs.get("defaultSecondaryRolesOption")
    option = _OPTIONS.get(str(told), "DEFAULT")
    return None if given is None and option == "DEFAULT" else spelt(given, option, str.upper)


def _given(inputs: Properties, name: str, value: Any, user: str) -> str | None:
    """A value of SHOW in the program's spelling; what follows from the name is no setting."""
    if not has_value(value) or (name in _OF_THE_NAME and name not in inputs and value == user):
        return None
    return spelt(inputs.get(name), str(value), lambda spelling: spelling.strip('"').upper())
