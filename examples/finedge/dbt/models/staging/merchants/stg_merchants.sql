{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='merchant_id',
        on_schema_change='fail',
    )
}}

-- The log orders the changes of a row, not their arrival: a lagging partition may bring an old one last.
with newest as (

    {{ newest_arrived(source('raw', 'merchants_cdc'), key=['merchant_id'], version='cdc_lsn') }}

)

select
    merchant_id,
    legal_name,
    country_code,
    category_code,
    settlement_currency,
    fee_plan,
    status,
    opened_on,
    cdc_committed_at as changed_at,
    cdc_op = 'd' as is_deleted,
    cdc_lsn,
    loaded_at
from newest
