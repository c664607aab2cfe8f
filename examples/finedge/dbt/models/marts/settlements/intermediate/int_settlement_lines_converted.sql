-- Every clearing line in the currency its merchant is paid in, or the reason why it cannot be.
select
    lines.network,
    lines.network_reference,
    lines.merchant_id,
    lines.line_type,
    lines.settlement_date,
    lines.gross_amount as line_amount,
    lines.currency as line_currency,
    terms.fee_plan,
    terms.settlement_currency,
    currencies.minor_units,
    rates.rate,
    {{ round_money('lines.gross_amount * rates.rate', 'currencies.minor_units') }} as settlement_amount,
    case
        when terms.merchant_id is null then 'unknown_merchant'
        when terms.is_deleted then 'merchant_closed'
        when currencies.currency is null then 'unsupported_currency'
        when rates.rate is null then 'no_fx_rate'
    end as exception_reason,
    lines.loaded_at
from {{ ref('stg_settlement_lines') }} as lines
left join {{ ref('int_settlement_terms') }} as terms
    on
        lines.merchant_id = terms.merchant_id
        and lines.settlement_date >= terms.valid_from
        and lines.settlement_date < terms.valid_to
left join {{ ref('currencies') }} as currencies
    on terms.settlement_currency = currencies.currency
left join {{ ref('fx_rate_periods') }} as rates
    on {{ fx_rate_holds('rates', 'lines.currency', 'terms.settlement_currency', 'lines.settlement_date') }}
