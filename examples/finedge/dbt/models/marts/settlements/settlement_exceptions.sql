-- The work list of settlement operations. Nothing that arrived may vanish: a line is settled or it is here.
select
    'line' as exception_type,
    network || '/' || network_reference as reference,
    merchant_id,
    settlement_date as business_date,
    line_amount as amount,
    line_currency as currency,
    exception_reason,
    loaded_at
from {{ ref('int_settlement_lines_converted') }}
where exception_reason is not null

union all

select
    'line' as exception_type,
    fees.network || '/' || fees.network_reference as reference,
    fees.merchant_id,
    fees.settlement_date as business_date,
    fees.settlement_amount as amount,
    fees.settlement_currency as currency,
    'no_fee' as exception_reason,
    fees.loaded_at
from {{ ref('int_settlement_fees') }} as fees
where fees.is_fee_missing

union all

select
    'chargeback' as exception_type,
    chargeback_id as reference,
    merchant_id,
    received_on as business_date,
    disputed_amount as amount,
    disputed_currency as currency,
    exception_reason,
    loaded_at
from {{ ref('int_chargebacks_converted') }}
where exception_reason is not null

union all

select
    'chargeback' as exception_type,
    chargeback_id as reference,
    merchant_id,
    received_on as business_date,
    amount,
    currency,
    'unmatched_chargeback' as exception_reason,
    loaded_at
from {{ ref('stg_chargebacks') }}
where merchant_id is null
