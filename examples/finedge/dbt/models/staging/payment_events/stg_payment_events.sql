{{ config(materialized='view') }}

-- The gateway retries: one event may stand at several offsets. Its first one is the event.
select
    event_id,
    payment_id,
    merchant_id,
    event_type,
    amount,
    currency,
    cast(occurred_at as date) as event_date,
    occurred_at,
    processed_at
from {{ source('streaming', 'payment_events') }}
qualify row_number() over (
    partition by event_id
    order by processed_at, kafka_partition, kafka_offset
) = 1
