{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='chargeback_id',
        on_schema_change='fail',
    )
}}

-- A dispute is reported each time its status changes; the latest report holds.
with newest as (

    {{ newest_arrived(source('raw', 'chargeback_matches'), key=['chargeback_id'], version='reported_at') }}

)

select
    chargeback_id,
    network,
    network_reference,
    payment_id,
    merchant_id,
    reason_code,
    status,
    amount,
    currency,
    received_on,
    match_status,
    reported_at,
    loaded_at
from newest
