{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='chargeback_id',
        on_schema_change='fail',
    )
}}

-- A dispute is reported each time its status changes; the latest report holds.
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
    loaded_at
from {{ source('raw', 'chargeback_matches') }}
{% if is_incremental() %}
where loaded_at > {{ loaded_since_last_run(this) }}
{% endif %}
qualify row_number() over (
    partition by chargeback_id
    order by reported_at desc, loaded_at desc
) = 1
