"""DuckDB macros that compute as Snowflake does where DuckDB's own functions do not."""

from typing import Final

TOO_LONG: Final = "SF-TOO-LONG:"
DIVIDED_BY_ZERO: Final = "SF-DIVIDED-BY-ZERO"
"""Beginnings of error texts of these macros, by which the text of Snowflake's error is found."""

MACROS: Final = f"""
CREATE OR REPLACE MACRO sf_fits(value, size) AS
  CASE WHEN value IS NULL OR length(value) <= size THEN TRUE ELSE error('{TOO_LONG}' || value) END;
CREATE OR REPLACE MACRO sf_text(value, size) AS
  CASE WHEN value IS NULL OR length(value) <= size THEN value ELSE error('{TOO_LONG}' || value) END;
CREATE OR REPLACE MACRO sf_quotient(n, d) AS
  CASE WHEN d = 0 THEN error('{DIVIDED_BY_ZERO}')
       ELSE sign(n) * sign(d) * ((2 * abs(n) + abs(d)) // (2 * abs(d))) END;
CREATE OR REPLACE MACRO sf_divide(n, d) AS
  CASE WHEN d = 0 THEN error('{DIVIDED_BY_ZERO}') ELSE n / d END;
CREATE OR REPLACE MACRO sf_hash_agg(hashed) AS
  CAST(coalesce(sum(CAST(hashed AS HUGEINT)), 0) % 9223372036854775807 AS BIGINT);
CREATE OR REPLACE MACRO sf_hash_agg_distinct(hashed) AS
  CAST(coalesce(sum(DISTINCT CAST(hashed AS HUGEINT)), 0) % 9223372036854775807 AS BIGINT);
"""
