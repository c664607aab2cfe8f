{#- Load new files of a prefix into a RAW table. Snowflake remembers which files it loaded, so a second run loads none
    twice; METADATA$START_SCAN_TIME stamps the rows with the load, which increments count on.

    Args:
        table: a table of the source `raw`.
        prefix: folder below the stage.
        stage: LANDING or CURATED, the external stages of the schema RAW.
        file_format: PARQUET or CSV_HEADER, the named file formats of the schema RAW. -#}
{% macro load_files(table, prefix, stage, file_format) %}
    {% set raw = target.database ~ '.RAW' %}
    {% set statement %}
        copy into {{ raw }}.{{ table }}
        from @{{ raw }}.{{ stage }}/{{ prefix }}/
        file_format = (format_name = '{{ raw }}.{{ file_format }}')
        match_by_column_name = case_insensitive
        include_metadata = (loaded_at = METADATA$START_SCAN_TIME, source_file = METADATA$FILENAME)
        on_error = abort_statement
    {% endset %}
    {% set result = run_query(statement) %}
    {% set answered = result.rows | length %}
    {% do log(prefix ~ ' into ' ~ raw ~ '.' ~ table ~ ': ' ~ answered ~ ' files answered', info=true) %}
{% endmacro %}
