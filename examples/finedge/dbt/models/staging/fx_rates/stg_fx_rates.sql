{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key=['rate_date', 'base_currency', 'quote_currency'],
        on_schema_change='fail',
    )
}}

-- A correction is a later publication of the same day's rate.
select
    rate_date,
    base_currency,
    quote_currency,
    rate,
    published_at,
    loaded_at
from {{ source('raw', 'fx_rates') }}
{% if is_incremental() %}
where loaded_at > {{ loaded_since_last_run(this) }}
{% endif %}
qualify row_number() over (
    partition by rate_date, base_currency, quote_currency
    order by published_at desc, loaded_at desc
) = 1
