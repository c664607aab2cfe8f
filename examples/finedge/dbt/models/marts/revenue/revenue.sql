with earned as (

    select
        revenue_date,
        merchant_id,
        revenue_type,
        original_amount,
        original_currency,
        amount
    from {{ ref('int_fee_revenue') }}

    union all

    select
        revenue_date,
        merchant_id,
        revenue_type,
        original_amount,
        original_currency,
        amount
    from {{ ref('int_invoice_revenue') }}

)

-- A merchant that was deleted since keeps its country: revenue of the past does not move.
select
    earned.revenue_date,
    earned.merchant_id,
    merchants.country_code,
    earned.revenue_type,
    earned.original_amount,
    earned.original_currency,
    earned.amount,
    {{ reporting_currency() }} as currency
from earned
left join {{ ref('stg_merchants') }} as merchants
    on earned.merchant_id = merchants.merchant_id
