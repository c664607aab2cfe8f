"""The query protocol: lists and mappings in form fields, answers in XML."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4
from xml.sax.saxutils import escape

from slipway_sandbox.aws.wire import Answer

Fields = Mapping[str, str]

_NAMESPACE: Final = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
_MEMBER: Final = re.compile(r"(?P<list>\w+)\.member\.(?P<at>\d+)(?:\.(?P<field>\w+))?")


def pairs(fields: Fields, name: str, prefix: str) -> dict[str, str]:
    """Read a list of keys and values in the query protocol, such as `Parameters.member.1.ParameterKey`."""
    found: dict[str, dict[str, str]] = {}
    for told, value in fields.items():
        match = _MEMBER.fullmatch(told)
        if match and match["list"] == name and match["field"]:
            found.setdefault(match["at"], {})[match["field"]] = value
    return {one[f"{prefix}Key"]: one[f"{prefix}Value"] for one in found.values()}


def members(fields: Fields, name: str) -> set[str]:
    """Read a list of texts."""
    return {
        value
        for told, value in fields.items()
        if (match := _MEMBER.fullmatch(told)) and match["list"] == name
    }


def moment(seconds: float) -> str:
    """Write a time as AWS does."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def answer_of(action: str, result: Mapping[str, Any]) -> Answer:
    """Write an answer; what is None is left out."""
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{action}Response xmlns="{_NAMESPACE}">'
        f"<{action}Result>{_elements(result)}</{action}Result>"
        f"<ResponseMetadata><RequestId>{uuid4()}</RequestId></ResponseMetadata></{action}Response>"
    )
    return Answer.of(200, body.encode(), (("Content-Type", "text/xml"),))


def _elements(value: Mapping[str, Any]) -> str:
    return "".join(f"<{name}>{_element(each)}</{name}>" for name, each in value.items() if each is not None)


def _element(value: Any) -> str:
    match value:
        case dict():
            return _elements(value)
        case list():
            return "".join(f"<member>{_element(each)}</member>" for each in value)
        case _:
            return escape(str(value))
