{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='invoice_id',
        on_schema_change='fail',
    )
}}

-- The log orders the changes of a row, not their arrival: a lagging partition may bring an old one last.
with newest as (

    {{ newest_arrived(source('raw', 'invoices_cdc'), key=['invoice_id'], version='cdc_lsn') }}

)

select
    invoice_id,
    merchant_id,
    issued_on,
    due_on,
    net_amount,
    tax_amount,
    currency,
    status,
    cdc_committed_at as changed_at,
    cdc_op = 'd' as is_deleted,
    cdc_lsn,
    loaded_at
from newest
