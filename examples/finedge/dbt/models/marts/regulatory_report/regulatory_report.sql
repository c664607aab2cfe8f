-- One row a day, in the reporting currency. A day with a currency that has no rate says so instead of reporting less.
with converted as (

    select
        reconciliation.business_date,
        reconciliation.currency,
        reconciliation.reconciliation_status,
        {{ round_money('reconciliation.owed_amount * rates.rate', '2') }} as owed_amount,
        {{ round_money('reconciliation.safeguarded_amount * rates.rate', '2') }} as safeguarded_amount,
        rates.rate is null as is_unconverted
    from {{ ref('safeguarding_reconciliation') }} as reconciliation
    left join {{ ref('fx_rate_periods') }} as rates
        on {{ fx_rate_holds('rates', 'reconciliation.currency', reporting_currency(), 'reconciliation.business_date') }}

)

select
    business_date as report_date,
    {{ reporting_currency() }} as currency,
    cast(count(*) as number(18, 0)) as currency_count,
    cast(coalesce(sum(owed_amount), 0) as number(18, 2)) as owed_amount,
    cast(coalesce(sum(safeguarded_amount), 0) as number(18, 2)) as safeguarded_amount,
    cast(coalesce(sum(safeguarded_amount), 0) - coalesce(sum(owed_amount), 0) as number(18, 2)) as difference_amount,
    cast(sum(case when reconciliation_status = 'shortfall' then 1 else 0 end) as number(18, 0)) as shortfall_count,
    cast(sum(case when is_unconverted then 1 else 0 end) as number(18, 0)) as unconverted_count,
    sum(case when reconciliation_status = 'shortfall' or is_unconverted then 1 else 0 end) = 0 as is_complete
from converted
group by business_date
