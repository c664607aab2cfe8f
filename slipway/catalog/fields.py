"""What a text field of a workspace's files may hold: names, paths, ARNs, and the types made of them.

One grammar serves twice: the parser checks it and says what to write instead, editors get it as a pattern.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AfterValidator, WithJsonSchema

from slipway.model.dataset import DATASET_PATTERN, DatasetField
from slipway.model.errors import DefinitionError
from slipway.model.pipeline import AGE_PATTERN, NAME_LENGTH, NAME_PATTERN, Freshness


class FieldError(DefinitionError, ValueError):
    """A text that a field cannot hold. A ValueError too, so that a pydantic validator may raise it."""


@dataclass(frozen=True, kw_only=True)
class _Grammar:
    """What a text field may hold: checked here with a remedy, told to editors as a pattern.

    Attributes:
        pattern: of the whole text, in the syntax that Python and ECMA 262 share.
        length: characters at most.
        what: the field's content in words, after "is no".
        write: what to write instead, after "write".
    """

    pattern: str
    length: int
    what: str
    write: str

    def check(self, text: str) -> str:
        """Refuse a text that is too long or does not match."""
        if len(text) > self.length:
            message = (
                f"{text[:20] + '...'!r} has {len(text)} characters; a {self.what} has at most {self.length}"
            )
            raise FieldError(message, remedy=f"shorten it by {len(text) - self.length}")
        if re.fullmatch(self.pattern, text) is None:
            raise FieldError(f"{text!r} is no {self.what}", remedy=f"write {self.write}")
        return text

    @property
    def schema(self) -> WithJsonSchema:
        """The same for editors."""
        return WithJsonSchema({"type": "string", "pattern": self.pattern, "maxLength": self.length})


_NAME: Final = _Grammar(
    pattern=NAME_PATTERN,
    length=NAME_LENGTH,
    what="name",
    write="lower-case words joined by single hyphens, such as fx-rates",
)
_PERSON: Final = _Grammar(
    pattern=r"^[a-z][a-z0-9]*([._-][a-z0-9]+)*$", length=64, what="person's id", write="one such as ana.silva"
)
_PATH: Final = _Grammar(
    pattern=r"^(?!\.{0,2}(/|$))(?!.*/\.{0,2}(/|$))[A-Za-z0-9._+@=/ -]+$",
    length=400,
    what="path in the workspace",
    write="one such as dags/settlements.py: relative to slipway.yaml, no '..', no '/' at either end",
)
_LINE: Final = _Grammar(
    pattern=r"^\S([^\r\n]*\S)?$", length=500, what="line of text", write="one line, not empty"
)
# A tag's value: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
_COST_CENTER: Final = _Grammar(
    pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/=+@-]*$", length=64, what="cost center", write="one such as CC-1200"
)
# GitHub's sign-up page: alphanumeric or single hyphens, not at either end, at most 39. Enterprise Managed
# Users end in an underscore and the company's short code (docs.github.com, "Username considerations").
_LOGIN: Final = _Grammar(
    pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*(_[A-Za-z0-9]+)?$",
    length=39,
    what="GitHub login",
    write="one such as ana-silva, without '@'",
)
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
_PRINCIPAL: Final = _Grammar(
    pattern=r"^arn:aws[a-z-]*:(iam::[0-9]{12}:(user|role)|sts::[0-9]{12}:assumed-role)/[A-Za-z0-9_+=,.@/-]+$",
    length=600,
    what="AWS principal",
    write="the ARN of a user, role or session, such as arn:aws:iam::111122223333:user/ana.silva",
)


def is_path(text: str) -> bool:
    """Tell whether a text is a path in the workspace, as part and contract paths are.

    Args:
        text: as written in a file.

    Returns:
        Whether it can be looked up below the workspace's root.
    """
    return len(text) <= _PATH.length and re.fullmatch(_PATH.pattern, text) is not None


def _age(text: str) -> str:
    Freshness.parse(text)
    return text


Name = Annotated[str, AfterValidator(_NAME.check), _NAME.schema]
PersonText = Annotated[str, AfterValidator(_PERSON.check), _PERSON.schema]
PathText = Annotated[str, AfterValidator(_PATH.check), _PATH.schema]
Line = Annotated[str, AfterValidator(_LINE.check), _LINE.schema]
CostCenter = Annotated[str, AfterValidator(_COST_CENTER.check), _COST_CENTER.schema]
Login = Annotated[str, AfterValidator(_LOGIN.check), _LOGIN.schema]
Principal = Annotated[str, AfterValidator(_PRINCIPAL.check), _PRINCIPAL.schema]
Age = Annotated[str, AfterValidator(_age), WithJsonSchema({"type": "string", "pattern": AGE_PATTERN})]
DatasetUri = Annotated[DatasetField, WithJsonSchema({"type": "string", "pattern": DATASET_PATTERN})]
