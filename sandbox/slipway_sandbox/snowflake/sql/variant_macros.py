"""DuckDB macros of VARIANT: a value made one, its key in comparisons, the form in which equal ones are one.

A VARIANT is stored as JSON text, of which DuckDB itself compares characters.
"""

from typing import Final

NOT_AN_OBJECT: Final = "SF-NOT-AN-OBJECT:"
NOT_AN_ARRAY: Final = "SF-NOT-AN-ARRAY:"
"""Beginnings of error texts of these macros, by which the text of Snowflake's error is found."""

_NUMBERS: Final = "('DOUBLE', 'BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT', 'DECIMAL')"

VARIANT_MACROS: Final = f"""
CREATE OR REPLACE MACRO sf_variant(value) AS
  CASE typeof(value)
    WHEN 'DOUBLE' THEN to_json(value)
    WHEN 'TIMESTAMP' THEN to_json(sf_varchar(value))
    WHEN 'TIMESTAMP WITH TIME ZONE' THEN to_json(sf_varchar(value))
    WHEN 'TIME' THEN to_json(sf_varchar(value))
    WHEN 'BLOB' THEN to_json(sf_varchar(value))
    ELSE to_json(value) END;
CREATE OR REPLACE MACRO sf_object(value) AS
  CASE WHEN value IS NULL OR json_type(to_json(value)) = 'NULL' THEN NULL
       WHEN json_type(to_json(value)) = 'OBJECT' THEN to_json(value)
       ELSE error('{NOT_AN_OBJECT}' || CAST(value AS VARCHAR)) END;
CREATE OR REPLACE MACRO sf_array(value) AS
  CASE WHEN value IS NULL OR json_type(to_json(value)) = 'NULL' THEN NULL
       WHEN json_type(to_json(value)) = 'ARRAY' THEN to_json(value)
       WHEN typeof(value) = 'JSON' THEN json_array(to_json(value))
       ELSE error('{NOT_AN_ARRAY}' || CAST(value AS VARCHAR)) END;
CREATE OR REPLACE MACRO sf_place(place) AS
  CASE WHEN typeof(place) <> 'VARCHAR' AND TRY_CAST(place AS DOUBLE) < 0 THEN NULL ELSE place END;
CREATE OR REPLACE MACRO sf_number_key(value) AS
  CASE WHEN value IS NULL THEN NULL
       ELSE struct_pack(number := CAST(value AS DOUBLE), exact := TRY_CAST(value AS DECIMAL(38, 12))) END;
CREATE OR REPLACE MACRO sf_variant_key(found) AS
  CASE WHEN found IS NULL OR json_type(found) = 'NULL' THEN NULL
       ELSE struct_pack(
         kind := CASE json_type(found) WHEN 'BOOLEAN' THEN 0 WHEN 'VARCHAR' THEN 2 WHEN 'ARRAY' THEN 3
                                       WHEN 'OBJECT' THEN 4 ELSE 1 END,
         number := CASE WHEN json_type(found) IN {_NUMBERS} THEN CAST(CAST(found AS VARCHAR) AS DOUBLE) END,
         exact := CASE WHEN json_type(found) IN {_NUMBERS}
                       THEN TRY_CAST(CAST(found AS VARCHAR) AS DECIMAL(38, 12)) END,
         told := CASE WHEN json_type(found) IN {_NUMBERS} THEN '' ELSE found ->> '$' END) END;
CREATE OR REPLACE MACRO sf_elements(found) AS
  CASE json_type(found)
    WHEN 'OBJECT' THEN list_transform(list_sort(json_keys(found)), lambda name:
      struct_pack(place := CAST(NULL AS BIGINT), name := name,
                  element := json_extract(found, '$."' || replace(name, '"', '\\"') || '"')))
    WHEN 'ARRAY' THEN list_transform(CAST(found AS JSON[]), lambda element, place:
      struct_pack(place := CAST(place - 1 AS BIGINT), name := CAST(NULL AS VARCHAR), element := element))
    END;
CREATE OR REPLACE MACRO _fs_flatten(input) AS TABLE
  SELECT sf_hash(hash(whole)) AS "SEQ", element.name AS "KEY",
         coalesce(element.name, '[' || element.place || ']') AS "PATH", element.place AS "INDEX",
         element.element AS "VALUE", whole AS "THIS"
  FROM (SELECT to_json(input) AS whole, unnest(sf_elements(to_json(input))) AS element);
CREATE OR REPLACE MACRO sf_array_contains(value, elements) AS
  list_contains(list_transform(CAST(elements AS JSON[]), lambda x: sf_variant_key(x)),
                list_transform([value], lambda held: sf_variant_key(held))[1]);
CREATE OR REPLACE MACRO sf_variant_plain(found) AS
  CASE WHEN json_type(found) IN {_NUMBERS} AND regexp_matches(CAST(found AS VARCHAR), '[.eE]')
         AND CAST(TRY_CAST(CAST(found AS VARCHAR) AS DECIMAL(38, 12)) AS DOUBLE)
             = CAST(CAST(found AS VARCHAR) AS DOUBLE)
       THEN CAST(regexp_replace(CAST(CAST(CAST(found AS VARCHAR) AS DECIMAL(38, 12)) AS VARCHAR),
                                '[.]?0+$', '') AS JSON)
       ELSE found END;
CREATE OR REPLACE MACRO sf_typeof(found) AS
  CASE json_type(found)
    WHEN 'NULL' THEN 'NULL_VALUE'
    WHEN 'DOUBLE' THEN CASE WHEN regexp_matches(CAST(found AS VARCHAR), '[eE]') THEN 'DOUBLE'
                            WHEN contains(CAST(sf_variant_plain(found) AS VARCHAR), '.') THEN 'DECIMAL'
                            ELSE 'INTEGER' END
    WHEN 'BIGINT' THEN 'INTEGER'
    WHEN 'UBIGINT' THEN 'INTEGER'
    WHEN 'HUGEINT' THEN 'INTEGER'
    WHEN 'UHUGEINT' THEN 'INTEGER'
    ELSE json_type(found) END;
"""
