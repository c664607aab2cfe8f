select
    settlements.settlement_date as revenue_date,
    settlements.merchant_id,
    'processing_fee' as revenue_type,
    settlements.fee_amount as original_amount,
    settlements.currency as original_currency,
    {{ round_money('settlements.fee_amount * rates.rate', '2') }} as amount
from {{ ref('settlements') }} as settlements
left join {{ ref('fx_rate_periods') }} as rates
    on {{ fx_rate_holds('rates', 'settlements.currency', reporting_currency(), 'settlements.settlement_date') }}
where settlements.fee_amount <> 0
