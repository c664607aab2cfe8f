-- Captures of the 30 days before the newest event, in the reporting currency. The window hangs on the data, not on the
-- clock: the same input gives the same output.
with events as (

    select *
    from {{ ref('stg_payment_events') }}
    where event_type = 'captured'

),

newest as (

    select max(event_date) as as_of_date from {{ ref('stg_payment_events') }}

)

select
    events.merchant_id,
    newest.as_of_date,
    cast(count(*) as number(18, 0)) as captured_count,
    cast(sum({{ round_money('events.amount * rates.rate', '2') }}) as number(18, 2)) as captured_amount,
    cast(sum(case when rates.rate is null then 1 else 0 end) as number(18, 0)) as unconverted_count
from events
cross join newest
left join {{ ref('fx_rate_periods') }} as rates
    on {{ fx_rate_holds('rates', 'events.currency', reporting_currency(), 'events.event_date') }}
where events.event_date > {{ dbt.dateadd('day', -30, 'newest.as_of_date') }}
group by events.merchant_id, newest.as_of_date
