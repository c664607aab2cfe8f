{#- Rows that were loaded since the last run. An hour of overlap: a load that began earlier may commit later.
    An empty table must not end as "newer than null", which is never true and would keep it empty for ever. -#}
{% macro loaded_since_last_run(relation, column='loaded_at', overlap_hours=1) -%}
    {%- set newest = "coalesce(max(" ~ column ~ "), cast('1970-01-01' as timestamp_ntz))" -%}
    (
        select {{ dbt.dateadd('hour', -overlap_hours, newest) }}
        from {{ relation }}
    )
{%- endmacro %}

{#- The newest row of each key among those that were loaded since the last run, unless a newer one was merged before: a
    file that is delivered again, or a partition that lags, must not overwrite what followed it. Of two rows of the same
    version the one that was loaded later holds, as when a job computed its day again; so an increment ends where a full
    refresh would.

    Args:
        relation: the source; it has `loaded_at` and `source_file`.
        key: columns of the model's unique key.
        version: column that orders the rows of a key; the model has it under the same name. -#}
{% macro newest_arrived(relation, key, version) -%}
    select arrived.*
    from {{ relation }} as arrived
    {%- if is_incremental() %}
    left join {{ this }} as merged
        on
            {% for column in key -%}
            {{ 'and ' if not loop.first }}arrived.{{ column }} = merged.{{ column }}
            {% endfor %}
    where
        arrived.loaded_at > {{ loaded_since_last_run(this) }}
        and (
            merged.{{ key[0] }} is null
            or arrived.{{ version }} > merged.{{ version }}
            or (arrived.{{ version }} = merged.{{ version }} and arrived.loaded_at > merged.loaded_at)
        )
    {%- endif %}
    qualify row_number() over (
        partition by {% for column in key %}arrived.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
        order by arrived.{{ version }} desc, arrived.loaded_at desc, arrived.source_file desc
    ) = 1
{%- endmacro %}
