"""SHOW STAGES and DESCRIBE STAGE.

Sources: https://docs.snowflake.com/en/sql-reference/sql/show-stages, .../desc-stage. File format and copy
options are told with their defaults: a stage here cannot be given others.
"""

from typing import Final

from slipway_sandbox.snowflake.catalogue.objects import ObjectKind, StageBody, Thing
from slipway_sandbox.snowflake.results import Result, StatementType, listing
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.shown import MOMENT, TEXT, Asked, Row, objects, owner, told, yes

_COLUMNS: Final = (
    ("created_on", MOMENT),
    ("name", TEXT),
    ("database_name", TEXT),
    ("schema_name", TEXT),
    ("url", TEXT),
    ("has_credentials", TEXT),
    ("has_encryption_key", TEXT),
    ("owner", TEXT),
    ("comment", TEXT),
    ("region", TEXT),
    ("type", TEXT),
    ("cloud", TEXT),
    ("notification_channel", TEXT),
    ("storage_integration", TEXT),
    ("endpoint", TEXT),
    ("owner_role_type", TEXT),
    ("directory_enabled", TEXT),
)
_CLOUDS: Final = {"s3": "AWS", "s3gov": "AWS", "s3china": "AWS", "gcs": "GCP", "azure": "AZURE"}
_PROPERTIES: Final = (
    "parent_property",
    "property",
    "property_type",
    "property_value",
    "property_default",
)
_DEFAULTS: Final = (
    ("STAGE_FILE_FORMAT", "TYPE", "String", "CSV"),
    ("STAGE_FILE_FORMAT", "RECORD_DELIMITER", "String", "\\n"),
    ("STAGE_FILE_FORMAT", "FIELD_DELIMITER", "String", ","),
    ("STAGE_FILE_FORMAT", "FILE_EXTENSION", "String", ""),
    ("STAGE_FILE_FORMAT", "SKIP_HEADER", "Integer", "0"),
    ("STAGE_FILE_FORMAT", "DATE_FORMAT", "String", "AUTO"),
    ("STAGE_FILE_FORMAT", "TIME_FORMAT", "String", "AUTO"),
    ("STAGE_FILE_FORMAT", "TIMESTAMP_FORMAT", "String", "AUTO"),
    ("STAGE_FILE_FORMAT", "BINARY_FORMAT", "String", "HEX"),
    ("STAGE_FILE_FORMAT", "ESCAPE", "String", "NONE"),
    ("STAGE_FILE_FORMAT", "ESCAPE_UNENCLOSED_FIELD", "String", "\\\\"),
    ("STAGE_FILE_FORMAT", "TRIM_SPACE", "Boolean", "false"),
    ("STAGE_FILE_FORMAT", "FIELD_OPTIONALLY_ENCLOSED_BY", "String", "NONE"),
    ("STAGE_FILE_FORMAT", "NULL_IF", "List", "[\\\\N]"),
    ("STAGE_FILE_FORMAT", "COMPRESSION", "String", "AUTO"),
    ("STAGE_FILE_FORMAT", "ERROR_ON_COLUMN_COUNT_MISMATCH", "Boolean", "true"),
    ("STAGE_FILE_FORMAT", "VALIDATE_UTF8", "Boolean", "true"),
    ("STAGE_FILE_FORMAT", "SKIP_BLANK_LINES", "Boolean", "false"),
    ("STAGE_FILE_FORMAT", "REPLACE_INVALID_CHARACTERS", "Boolean", "false"),
    ("STAGE_FILE_FORMAT", "EMPTY_FIELD_AS_NULL", "Boolean", "true"),
    ("STAGE_FILE_FORMAT", "SKIP_BYTE_ORDER_MARK", "Boolean", "true"),
    ("STAGE_FILE_FORMAT", "ENCODING", "String", "UTF8"),
    ("STAGE_COPY_OPTIONS", "ON_ERROR", "String", "ABORT_STATEMENT"),
    ("STAGE_COPY_OPTIONS", "SIZE_LIMIT", "Long", ""),
    ("STAGE_COPY_OPTIONS", "PURGE", "Boolean", "false"),
    ("STAGE_COPY_OPTIONS", "RETURN_FAILED_ONLY", "Boolean", "false"),
    ("STAGE_COPY_OPTIONS", "ENFORCE_LENGTH", "Boolean", "true"),
    ("STAGE_COPY_OPTIONS", "TRUNCATECOLUMNS", "Boolean", "false"),
    ("STAGE_COPY_OPTIONS", "FORCE", "Boolean", "false"),
)
"""The properties that every stage has, in the order of the documentation's example."""


def stages(session: Session, wanted: Asked) -> Result:
    """SHOW STAGES."""
    found = objects(session, wanted, ObjectKind.STAGE)
    return told(_COLUMNS, [_row(session, *each) for each in found], wanted)


def described(stage: Thing) -> Result:
    """DESCRIBE STAGE: each property with its value and its default."""
    body = _body(stage)
    rows = [(*each, each[-1]) for each in _DEFAULTS]
    if body.is_external:
        rows.append(("STAGE_LOCATION", "URL", "String", f'["{body.url}"]', ""))
    if body.integration:
        rows.append(("STAGE_INTEGRATION", "STORAGE_INTEGRATION", "String", body.integration, ""))
    rows.append(("DIRECTORY", "ENABLE", "Boolean", str(body.has_directory).lower(), "false"))
    rows.append(("DIRECTORY", "AUTO_REFRESH", "Boolean", "false", "false"))
    return listing([(name, TEXT) for name in _PROPERTIES], rows, StatementType.DESCRIBE)


def _body(stage: Thing) -> StageBody:
    assert isinstance(stage.body, StageBody)  # noqa: S101 - the kind says so
    return stage.body


def _row(session: Session, database: Thing, schema: Thing, stage: Thing) -> Row:
    body = _body(stage)
    return {
        "created_on": stage.created_on,
        "name": stage.name,
        "database_name": database.name,
        "schema_name": schema.name,
        "url": body.url,
        "has_credentials": "N",
        "has_encryption_key": "N",
        "owner": owner(session, stage),
        "comment": stage.comment,
        "type": _type(body),
        "cloud": _CLOUDS.get(body.url.partition(":")[0]),
        "storage_integration": body.integration or None,
        "owner_role_type": "ROLE",
        "directory_enabled": yes(is_so=body.has_directory),
    }


def _type(body: StageBody) -> str:
    if body.is_external:
        return "EXTERNAL"
    return "INTERNAL NO CSE" if body.is_server_side else "INTERNAL"
