{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key=['rate_date', 'base_currency', 'quote_currency'],
        on_schema_change='fail',
    )
}}

-- A correction is a later publication of the same day's rate.
with newest as (

    {{
        newest_arrived(
            source('raw', 'fx_rates'),
            key=['rate_date', 'base_currency', 'quote_currency'],
            version='published_at',
        )
    }}

)

select
    rate_date,
    base_currency,
    quote_currency,
    rate,
    published_at,
    loaded_at
from newest
