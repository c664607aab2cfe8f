-- What merchants are owed for a day must have been moved into safeguarding on that day (EMD2 article 7).
with owed as (

    select
        settlement_date as business_date,
        currency,
        cast(sum(net_amount) as number(18, 2)) as owed_amount,
        cast(count(distinct merchant_id) as number(18, 0)) as merchant_count
    from {{ ref('settlements') }}
    group by settlement_date, currency

),

safeguarded as (

    select * from {{ ref('int_safeguarding_movements') }}

)

select
    coalesce(owed.business_date, safeguarded.posting_date) as business_date,
    coalesce(owed.currency, safeguarded.currency) as currency,
    cast(coalesce(owed.merchant_count, 0) as number(18, 0)) as merchant_count,
    cast(coalesce(owed.owed_amount, 0) as number(18, 2)) as owed_amount,
    cast(coalesce(safeguarded.safeguarded_amount, 0) as number(18, 2)) as safeguarded_amount,
    cast(
        coalesce(safeguarded.safeguarded_amount, 0) - coalesce(owed.owed_amount, 0) as number(18, 2)
    ) as difference_amount,
    case
        when coalesce(safeguarded.safeguarded_amount, 0) = coalesce(owed.owed_amount, 0) then 'matched'
        when coalesce(safeguarded.safeguarded_amount, 0) > coalesce(owed.owed_amount, 0) then 'surplus'
        else 'shortfall'
    end as reconciliation_status
from owed
full outer join safeguarded
    on owed.business_date = safeguarded.posting_date and owed.currency = safeguarded.currency
