-- Tiers warn before the card networks' monitoring programmes do, whose threshold is 0.9 % of the captures and 100
-- disputes a month.
with newest as (

    select max(event_date) as as_of_date from {{ ref('stg_payment_events') }}

),

credit as (

    select
        accounts.merchant_id,
        cast(sum({{ round_money('accounts.credit_limit * rates.rate', '2') }}) as number(18, 2)) as credit_limit_amount
    from {{ ref('stg_accounts') }} as accounts
    cross join newest
    left join {{ ref('fx_rate_periods') }} as rates
        on {{ fx_rate_holds('rates', 'accounts.currency', reporting_currency(), 'newest.as_of_date') }}
    where not accounts.is_deleted and accounts.status = 'active'
    group by accounts.merchant_id

),

rated as (

    select
        merchants.merchant_id,
        newest.as_of_date,
        coalesce(volume.captured_count, 0) as captured_count,
        coalesce(volume.captured_amount, 0) as captured_amount,
        coalesce(chargebacks.chargeback_count, 0) as chargeback_count,
        coalesce(chargebacks.lost_count, 0) as lost_count,
        coalesce(credit.credit_limit_amount, 0) as credit_limit_amount,
        cast(
            cast(coalesce(chargebacks.chargeback_count, 0) as number(18, 6)) / nullif(volume.captured_count, 0)
            as number(18, 6)
        ) as chargeback_ratio
    from {{ ref('stg_merchants') }} as merchants
    cross join newest
    left join {{ ref('int_merchant_payment_volume') }} as volume
        on merchants.merchant_id = volume.merchant_id
    left join {{ ref('int_merchant_chargebacks') }} as chargebacks
        on merchants.merchant_id = chargebacks.merchant_id
    left join credit
        on merchants.merchant_id = credit.merchant_id
    where not merchants.is_deleted and newest.as_of_date is not null

)

select
    merchant_id,
    as_of_date,
    cast(captured_count as number(18, 0)) as captured_count,
    cast(captured_amount as number(18, 2)) as captured_amount,
    {{ reporting_currency() }} as currency,
    cast(chargeback_count as number(18, 0)) as chargeback_count,
    cast(lost_count as number(18, 0)) as lost_count,
    chargeback_ratio,
    cast(credit_limit_amount as number(18, 2)) as credit_limit_amount,
    case
        when captured_count = 0 and chargeback_count > 0 then 'high'
        when captured_count = 0 then 'unrated'
        when chargeback_ratio >= 0.0075 and chargeback_count >= 75 then 'critical'
        when chargeback_ratio >= 0.005 and chargeback_count >= 5 then 'high'
        when chargeback_ratio >= 0.003 then 'elevated'
        else 'normal'
    end as risk_tier
from rated
