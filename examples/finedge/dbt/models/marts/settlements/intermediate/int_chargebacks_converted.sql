-- What a dispute takes from its merchant on the day it was received. The amount is withheld until the dispute is won:
-- then it takes nothing, and the day's net amount is computed anew. A closed merchant still owes its disputes.
select
    chargebacks.chargeback_id,
    chargebacks.merchant_id,
    chargebacks.received_on,
    chargebacks.amount as disputed_amount,
    chargebacks.currency as disputed_currency,
    terms.settlement_currency,
    case
        when chargebacks.status = 'won' then cast(0 as number(18, 2))
        else {{ round_money('chargebacks.amount * rates.rate', 'currencies.minor_units') }}
    end as chargeback_amount,
    case
        when terms.merchant_id is null then 'unknown_merchant'
        when currencies.currency is null then 'unsupported_currency'
        when rates.rate is null then 'no_fx_rate'
    end as exception_reason,
    chargebacks.loaded_at
from {{ ref('stg_chargebacks') }} as chargebacks
left join {{ ref('int_settlement_terms') }} as terms
    on
        chargebacks.merchant_id = terms.merchant_id
        and chargebacks.received_on >= terms.valid_from
        and chargebacks.received_on < terms.valid_to
left join {{ ref('currencies') }} as currencies
    on terms.settlement_currency = currencies.currency
left join {{ ref('fx_rate_periods') }} as rates
    on {{ fx_rate_holds('rates', 'chargebacks.currency', 'terms.settlement_currency', 'chargebacks.received_on') }}
where chargebacks.merchant_id is not null
