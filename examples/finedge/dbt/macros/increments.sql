{#- Rows that were loaded since the last run. An hour of overlap: a load that began earlier may commit later.
    An empty table must not end as "newer than null", which is never true and would keep it empty for ever. -#}
{% macro loaded_since_last_run(relation, column='loaded_at', overlap_hours=1) -%}
    {%- set newest = "coalesce(max(" ~ column ~ "), cast('1970-01-01' as timestamp_ntz))" -%}
    (
        select {{ dbt.dateadd('hour', -overlap_hours, newest) }}
        from {{ relation }}
    )
{%- endmacro %}
