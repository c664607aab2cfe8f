-- Everything that changes what a merchant is owed, one row a cause.
select
    merchant_id,
    settlement_date,
    settlement_currency as currency,
    1 as line_count,
    settlement_amount as gross_amount,
    fee_amount,
    cast(0 as number(18, 2)) as chargeback_amount,
    loaded_at
from {{ ref('int_settlement_fees') }}
where not is_fee_missing

union all

select
    merchant_id,
    received_on as settlement_date,
    settlement_currency as currency,
    0 as line_count,
    cast(0 as number(18, 2)) as gross_amount,
    cast(0 as number(18, 2)) as fee_amount,
    chargeback_amount,
    loaded_at
from {{ ref('int_chargebacks_converted') }}
where exception_reason is null
