{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='account_id',
        on_schema_change='fail',
    )
}}

-- The log orders the changes of a row, not their arrival: a lagging partition may bring an old one last.
with newest as (

    {{ newest_arrived(source('raw', 'accounts_cdc'), key=['account_id'], version='cdc_lsn') }}

)

select
    account_id,
    merchant_id,
    account_type,
    currency,
    right(iban, 4) as iban_last4,
    credit_limit,
    status,
    cdc_committed_at as changed_at,
    cdc_op = 'd' as is_deleted,
    cdc_lsn,
    loaded_at
from newest
