"""DuckDB macros of functions that DuckDB has under Snowflake's names, with other answers."""

from typing import Final

NO_NUMBER: Final = "SF-NO-NUMBER:"
BINARY: Final = "SF-BINARY-CONCATENATED"
NO_TEXT: Final = "SF-NO-TEXT:"
FRACTION: Final = "SF-FRACTION:"
"""Beginnings of error texts of these macros, by which the text of Snowflake's error is found."""

_TRUE: Final = "('true', 't', 'yes', 'y', 'on', '1')"
_FALSE: Final = "('false', 'f', 'no', 'n', 'off', '0')"

_YEAR: Final = 31_536_000
"""Seconds of a year: a text of digits that is less than a thousand of it is of seconds, then of milliseconds.

Source: https://docs.snowflake.com/en/sql-reference/functions/to_timestamp, usage notes.
"""
_NANOSECONDS: Final = [10 ** (9 - scale) for scale in range(10)]

FUNCTION_MACROS: Final = f"""
CREATE OR REPLACE MACRO sf_moment(told) AS
  substr(told, 1, 19) || '.' || left(rpad(regexp_extract(told, '[.](\\d+)', 1), 3, '0'), 3);
CREATE OR REPLACE MACRO sf_varchar(value) AS
  CASE typeof(value)
    WHEN 'DOUBLE' THEN regexp_replace(CAST(value AS VARCHAR), '[.]0$', '')
    WHEN 'TIMESTAMP' THEN sf_moment(CAST(value AS VARCHAR))
    WHEN 'TIMESTAMP WITH TIME ZONE' THEN sf_moment(CAST(value AS VARCHAR)) || ' +0000'
    WHEN 'TIME' THEN left(CAST(value AS VARCHAR), 8)
    WHEN 'BLOB' THEN hex(CAST(CAST(value AS VARCHAR) AS BLOB))
    WHEN 'JSON' THEN CASE json_type(TRY_CAST(CAST(value AS VARCHAR) AS JSON))
                       WHEN 'NULL' THEN NULL
                       WHEN 'VARCHAR' THEN CAST(value AS VARCHAR) ->> '$'
                       ELSE CAST(value AS VARCHAR) END
    ELSE CASE WHEN typeof(value) LIKE '%[]' THEN CAST(to_json(value) AS VARCHAR)
              ELSE CAST(value AS VARCHAR) END END;
CREATE OR REPLACE MACRO sf_offset(told) AS
  regexp_replace(told, '(:\\d\\d(?:[.]\\d+)?)\\s*([+-]\\d\\d):?(\\d\\d)$', '\\1\\2:\\3');
CREATE OR REPLACE MACRO sf_zoned(value) AS
  CASE typeof(value)
    WHEN 'VARCHAR' THEN CAST(sf_offset(CAST(value AS VARCHAR)) AS TIMESTAMPTZ)
    WHEN 'JSON' THEN CAST(sf_offset(CAST(value AS VARCHAR) ->> '$') AS TIMESTAMPTZ)
    ELSE CAST(value AS TIMESTAMPTZ) END;
CREATE OR REPLACE MACRO sf_tried(value, wanted) AS
  CASE WHEN typeof(value) IN ('VARCHAR', '"NULL"') THEN value
       ELSE error('{NO_TEXT}' || typeof(value) || ' and ' || wanted) END;
CREATE OR REPLACE MACRO sf_try_zoned(value) AS
  CASE typeof(value)
    WHEN 'VARCHAR' THEN TRY_CAST(sf_offset(CAST(value AS VARCHAR)) AS TIMESTAMPTZ)
    ELSE TRY_CAST(value AS TIMESTAMPTZ) END;
CREATE OR REPLACE MACRO sf_joined(value) AS
  CASE typeof(value) WHEN 'BLOB' THEN error('{BINARY}') ELSE sf_varchar(value) END;
CREATE OR REPLACE MACRO sf_unit(told, scale) AS
  CASE WHEN scale <> 0 OR told < {_YEAR * 10**3} THEN scale
       WHEN told < {_YEAR * 10**6} THEN 3 WHEN told < {_YEAR * 10**9} THEN 6 ELSE 9 END;
CREATE OR REPLACE MACRO sf_counted(told, scale) AS
  CASE WHEN TRY_CAST(told AS BIGINT) IS NULL THEN CAST(told AS TIMESTAMP)
       ELSE make_timestamp(CAST(TRY_CAST(told AS HUGEINT) * {_NANOSECONDS}[1 +
         CASE typeof(told) WHEN 'VARCHAR' THEN sf_unit(TRY_CAST(told AS BIGINT), scale) ELSE scale END
       ] // 1000 AS BIGINT)) END;
CREATE OR REPLACE MACRO _fs_to_timestamp(told, scale) AS
  CASE WHEN TRY_CAST(told AS BIGINT) IS NULL OR TRY_CAST(told AS DOUBLE) = TRY_CAST(told AS BIGINT)
       THEN sf_counted(told, scale)
       WHEN typeof(told) = 'VARCHAR' THEN CAST(told AS TIMESTAMP)
       ELSE error('{FRACTION}' || CAST(told AS VARCHAR)) END;
CREATE OR REPLACE MACRO sf_dated(told) AS
  CASE WHEN regexp_full_match(told, '\\s*[+-]?\\d+\\s*')
       THEN CAST(CAST(TRY(sf_counted(told, 0)) AS DATE) AS VARCHAR) ELSE told END;
CREATE OR REPLACE MACRO sf_try_boolean(value) AS
  CASE typeof(value)
    WHEN 'VARCHAR' THEN CASE WHEN lower(CAST(value AS VARCHAR)) IN {_TRUE} THEN TRUE
                             WHEN lower(CAST(value AS VARCHAR)) IN {_FALSE} THEN FALSE END
    ELSE CAST(value AS BOOLEAN) END;
CREATE OR REPLACE MACRO sf_boolean(value) AS
  CASE WHEN value IS NOT NULL AND typeof(value) = 'VARCHAR' AND sf_try_boolean(value) IS NULL
       THEN error('Could not convert string ''' || CAST(value AS VARCHAR) || ''' to BOOL')
       ELSE sf_try_boolean(value) END;
CREATE OR REPLACE MACRO sf_hash(hashed) AS
  CAST(CASE WHEN hashed > 9223372036854775807 THEN CAST(hashed AS HUGEINT) - 18446744073709551616
            ELSE CAST(hashed AS HUGEINT) END AS BIGINT);
CREATE OR REPLACE MACRO sf_crossed(a, b, p, q) AS
  (a // p) * (b % q) + (a % p) * (b // q) * (q // p) + ((a % p) * (b % q)) // p;
CREATE OR REPLACE MACRO sf_product(a, b, p, q) AS
  sign(a) * sign(b) * ((abs(a) // p) * (abs(b) // q) + sf_crossed(abs(a), abs(b), p, q) // q +
    CASE WHEN 2 * (sf_crossed(abs(a), abs(b), p, q) % q) >= q THEN 1 ELSE 0 END);
CREATE OR REPLACE MACRO sf_mod(n, d) AS CASE WHEN d = 0 THEN error('SF-DIVIDED-BY-ZERO') ELSE n % d END;
CREATE OR REPLACE MACRO sf_sqrt(value) AS
  CASE WHEN value < 0 THEN error('{NO_NUMBER}sqrt(' || CAST(value AS VARCHAR) || ')') ELSE sqrt(value) END;
CREATE OR REPLACE MACRO sf_ln(value) AS
  CASE WHEN value <= 0 THEN error('{NO_NUMBER}ln(' || CAST(value AS VARCHAR) || ')') ELSE ln(value) END;
"""
