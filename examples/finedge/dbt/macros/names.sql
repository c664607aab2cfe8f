{#- Schemas are the same in every environment: the database is what differs. Only a person's own target puts its
    schema in front, so that two people never build into one table. A release puts a suffix behind: it builds its
    candidates beside production, and the suffix is empty in every other run. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set schema = custom_schema_name | default(target.schema, true) | trim -%}
    {%- set suffix = env_var('SLIPWAY_SCHEMA_SUFFIX', '') -%}
    {%- if target.name == 'personal' -%}
        {{ target.schema }}_{{ schema }}{{ suffix }}
    {%- else -%}
        {{ schema }}{{ suffix }}
    {%- endif -%}
{%- endmacro %}

{#- The layer is the schema's name already: STAGING.MERCHANTS, not STAGING.STG_MERCHANTS. -#}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- if custom_alias_name -%}
        {{ custom_alias_name | trim }}
    {%- else -%}
        {{ node.name | replace('stg_', '', 1) | replace('int_', '', 1) }}
    {%- endif -%}
{%- endmacro %}
