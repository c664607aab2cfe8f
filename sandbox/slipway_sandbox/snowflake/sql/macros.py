"""DuckDB macros that compute as Snowflake does where DuckDB's own functions do not."""

from typing import Final

from slipway_sandbox.snowflake.sql.function_macros import FUNCTION_MACROS
from slipway_sandbox.snowflake.sql.once import ONCE_MACROS
from slipway_sandbox.snowflake.sql.variant_macros import VARIANT_MACROS

TOO_LONG: Final = "SF-TOO-LONG:"
DIVIDED_BY_ZERO: Final = "SF-DIVIDED-BY-ZERO"
LOST_IN_JSON: Final = "SF-LOST-IN-JSON:"
"""Beginnings of error texts of these macros, by which the text of Snowflake's error is found."""

MACROS: Final = f"""
CREATE OR REPLACE MACRO sf_fits(value, size) AS
  CASE WHEN value IS NULL OR length(value) <= size THEN TRUE ELSE error('{TOO_LONG}' || value) END;
CREATE OR REPLACE MACRO sf_text(value, size) AS
  CASE WHEN value IS NULL OR length(value) <= size THEN value ELSE error('{TOO_LONG}' || value) END;
CREATE OR REPLACE MACRO sf_quotient(n, d) AS
  CASE WHEN d = 0 THEN error('{DIVIDED_BY_ZERO}')
       ELSE sign(n) * sign(d) * ((2 * abs(n) + abs(d)) // (2 * abs(d))) END;
CREATE OR REPLACE MACRO sf_floor(n, d) AS n // d - CASE WHEN n % d < 0 THEN 1 ELSE 0 END;
CREATE OR REPLACE MACRO sf_ceil(n, d) AS n // d + CASE WHEN n % d > 0 THEN 1 ELSE 0 END;
CREATE OR REPLACE MACRO sf_lost_digits(told) AS
  (contains(told, '.') OR contains(told, 'e')) AND (abs(TRY_CAST(told AS DOUBLE)) >= 1e15 OR
   length(ltrim(regexp_replace(regexp_replace(told, '(\\.0)?(e.*)?$', ''), '[-.]', '', 'g'), '0')) > 15);
CREATE OR REPLACE MACRO sf_json_number(found) AS
  CASE json_type(found)
    WHEN 'VARCHAR' THEN json_extract_string(found, '$')
    WHEN 'BOOLEAN' THEN CASE CAST(found AS VARCHAR) WHEN 'true' THEN '1' ELSE '0' END
    WHEN 'NULL' THEN NULL
    ELSE CASE WHEN sf_lost_digits(CAST(found AS VARCHAR))
              THEN error('{LOST_IN_JSON}' || CAST(found AS VARCHAR)) ELSE CAST(found AS VARCHAR) END END;
CREATE OR REPLACE MACRO sf_divide(n, d) AS
  CASE WHEN d = 0 THEN error('{DIVIDED_BY_ZERO}') ELSE n / d END;
CREATE OR REPLACE MACRO sf_hash_agg(hashed) AS
  CAST(coalesce(sum(CAST(hashed AS HUGEINT)), 0) % 9223372036854775807 AS BIGINT);
CREATE OR REPLACE MACRO sf_hash_agg_distinct(hashed) AS
  CAST(coalesce(sum(DISTINCT CAST(hashed AS HUGEINT)), 0) % 9223372036854775807 AS BIGINT);
{FUNCTION_MACROS}
{VARIANT_MACROS}
{ONCE_MACROS}"""
