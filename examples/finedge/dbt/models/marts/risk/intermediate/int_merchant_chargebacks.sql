with newest as (

    select max(event_date) as as_of_date from {{ ref('stg_payment_events') }}

)

select
    chargebacks.merchant_id,
    cast(count(*) as number(18, 0)) as chargeback_count,
    cast(sum(case when chargebacks.status = 'lost' then 1 else 0 end) as number(18, 0)) as lost_count
from {{ ref('stg_chargebacks') }} as chargebacks
cross join newest
where
    chargebacks.merchant_id is not null
    and chargebacks.received_on > {{ dbt.dateadd('day', -30, 'newest.as_of_date') }}
    and chargebacks.received_on <= newest.as_of_date
group by chargebacks.merchant_id
