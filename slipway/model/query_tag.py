"""The JSON that every statement of ours carries, so that the query history tells which release wrote a table.

Source: https://docs.snowflake.com/en/sql-reference/parameters#query-tag (a string of up to 2000 characters)
"""

import json
from typing import Final, Literal

from pydantic import Field, ValidationError

from slipway.model.environment import Environment
from slipway.model.errors import DefinitionError
from slipway.model.frozen import Frozen

_MAX: Final = 2000


class QueryTag(Frozen):
    """Who runs a statement, and for what.

    Attributes:
        app: always `slipway`: how our statements are told from others.
        environment: which environment it is about.
        deployment: id of the deployment, empty outside one.
        release: digest of the release, empty outside one.
        pipeline: name of the pipeline, empty when it is about several.
        stage: the stage that runs it.
    """

    app: Literal["slipway"] = "slipway"
    environment: Environment
    deployment: str = Field(default="", max_length=200)
    release: str = Field(default="", max_length=200)
    pipeline: str = Field(default="", max_length=200)
    stage: str = Field(max_length=200)

    @property
    def text(self) -> str:
        """Canonical JSON: one tag has one spelling, so that it can be compared and searched.

        Raises:
            DefinitionError: it is longer than Snowflake takes.
        """
        document = self.model_dump(mode="json")
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        if len(text) > _MAX:
            raise DefinitionError(
                f"the query tag of stage {self.stage[:60]!r} has {len(text)} characters; {_MAX} are allowed",
                remedy="shorten the names in it",
            )
        return text

    @classmethod
    def parse(cls, text: str) -> "QueryTag | None":
        """Read a tag from the query history.

        Args:
            text: what the history shows.

        Returns:
            The tag; None when the statement is not ours.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError:
            return None
