{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='settlement_date',
        on_schema_change='fail',
    )
}}

-- The days that the card networks can still change (a dispute may come 120 days later) are computed anew and replaced
-- whole, so that a corrected line also leaves the merchant it was booked to before.
select
    merchant_id,
    settlement_date,
    currency,
    cast(sum(line_count) as number(18, 0)) as line_count,
    cast(sum(gross_amount) as number(18, 2)) as gross_amount,
    cast(sum(fee_amount) as number(18, 2)) as fee_amount,
    cast(sum(chargeback_amount) as number(18, 2)) as chargeback_amount,
    cast(sum(gross_amount) - sum(fee_amount) - sum(chargeback_amount) as number(18, 2)) as net_amount,
    max(loaded_at) as loaded_at
from {{ ref('int_settlement_movements') }}
{% if is_incremental() %}
{%- set newest = "coalesce(max(settlement_date), cast('1970-01-01' as date))" %}
where
    settlement_date >= (
        select {{ dbt.dateadd('day', -var('dispute_window_days'), newest) }}
        from {{ this }}
    )
{% endif %}
group by merchant_id, settlement_date, currency
