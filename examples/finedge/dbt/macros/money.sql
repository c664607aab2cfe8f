{#- Money is NUMBER(18,2), rounded half away from zero once, at the end, to the digits that the currency has. ROUND on
    a fixed-point number does exactly that; on FLOAT it would not, so nothing here may pass through a float. -#}
{% macro round_money(amount, minor_units) -%}
    cast(case when {{ minor_units }} = 0 then round({{ amount }}, 0) else round({{ amount }}, 2) end as number(18, 2))
{%- endmacro %}

{#- The rate that holds on a day. Used as a join condition on fx_rate_periods. -#}
{% macro fx_rate_holds(rate, from_currency, to_currency, on_date) -%}
    {{ rate }}.base_currency = {{ from_currency }}
    and {{ rate }}.quote_currency = {{ to_currency }}
    and {{ on_date }} >= {{ rate }}.valid_from
    and {{ on_date }} < {{ rate }}.valid_to
{%- endmacro %}

{#- The reporting currency as a literal. -#}
{% macro reporting_currency() -%}
    '{{ var("reporting_currency") }}'
{%- endmacro %}
