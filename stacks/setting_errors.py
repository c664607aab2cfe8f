"""What is wrong with a stack's settings, in words that name the setting, the file and what to write."""

from pathlib import Path
from typing import Final

from pydantic import ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from slipway.model.environment import StackName
from slipway.model.errors import DefinitionError

NAMESPACE: Final = "slipway"

ELSEWHERE: Final = {
    "region": "aws:region",
    "accountId": "aws:allowedAccountIds",
    "operatorRoleArn": "aws:assumeRoles",
    "githubOwner": "github:owner",
    "snowflakeAccount": "snowflake:accountName",
}
"""Settings that are read from another namespace, where the providers read them too."""


_UNSHOWN: Final = frozenset({"serviceUserKeys"})
"""Settings whose wrong value may be a secret: a private key, taken for the public one, in a log."""


def wrong_setting(error: ValidationError, stack: StackName, root: Path) -> DefinitionError:
    """Say what is wrong with the first setting that does not fit.

    Args:
        error: of the settings' model.
        stack: whose settings they are.
        root: folder of Pulumi.yaml.
    """
    first = error.errors(include_url=False)[0]
    field, *rest = (str(part) for part in first["loc"] if part != "[key]")
    place = [to_camel(field), *rest]  # a default that does not fit is told under the name of its field
    setting = ELSEWHERE.get(place[0], f"{NAMESPACE}:{'.'.join(place)}")
    if first["type"] == "missing" or first["input"] is None:
        return DefinitionError(
            f"Pulumi.{stack}.yaml does not set '{setting}'", remedy=where_to_write(stack, root)
        )
    shown = "" if place[0] in _UNSHOWN else f" (it is {first['input']!r})"
    return DefinitionError(
        f"Pulumi.{stack}.yaml: '{setting}' is wrong: {_reason(first)}{shown}",
        remedy=where_to_write(stack, root),
    )


_REASONS: Final = {
    "value_error": "{error}",
    "enum": "it is one of {expected}",
    "int_parsing": "it is a whole number",
    "int_from_float": "it is a whole number",
    "int_type": "it is a whole number",
    "bool_parsing": "it is true or false",
    "greater_than_equal": "it is at least {ge}",
    "less_than_equal": "it is at most {le}",
    "dict_type": "it is a mapping",
    "list_type": "it is a list",
    "too_short": "it has at least {min_length}",
    "too_long": "it has at most {max_length}",
    "timezone_aware": "it is a moment with its time zone, such as 2026-11-01T06:00:00Z",
    "datetime_from_date_parsing": "it is a moment with its time zone, such as 2026-11-01T06:00:00Z",
    "model_type": "it is a mapping",
    "extra_forbidden": "there is no such field",
    "string_type": "it is a text: write it in quotes",
}
"""What is wrong with a value, by pydantic's name of it, in our words."""


def _reason(details: ErrorDetails) -> str:
    """Say what is wrong with a value."""
    template = _REASONS.get(details["type"], "no such value is known here")
    return template.format(**details.get("ctx", {}))


def where_to_write(stack: StackName, root: Path) -> str:
    """Name the file to edit: where the program is a folder of links, the one beside what they lead to."""
    source = (root / "Pulumi.yaml").resolve().with_name(f"Pulumi.{stack}.yaml")
    read = root / source.name
    if source == read:
        return f"write it into {source}"
    return f"write it into {source}, and bring the copy that was read up to date ({read})"
