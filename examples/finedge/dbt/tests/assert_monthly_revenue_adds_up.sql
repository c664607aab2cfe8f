-- The two tables of the finance dashboard must never disagree by a cent.
with daily as (

    select coalesce(sum(amount), 0) as amount from {{ ref('revenue') }}

),

monthly as (

    select coalesce(sum(amount), 0) as amount from {{ ref('revenue_monthly') }}

)

select
    daily.amount as daily_amount,
    monthly.amount as monthly_amount
from daily
cross join monthly
where daily.amount <> monthly.amount
