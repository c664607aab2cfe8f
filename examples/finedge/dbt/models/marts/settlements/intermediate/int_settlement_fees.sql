-- FinEdge's fee of each line. A refund is free, and the fee of the sale that it refunds is kept.
with lines as (

    select *
    from {{ ref('int_settlement_lines_converted') }}
    where exception_reason is null

),

fees as (

    select * from {{ ref('fee_schedule') }}

)

select
    lines.network,
    lines.network_reference,
    lines.merchant_id,
    lines.settlement_date,
    lines.settlement_currency,
    lines.settlement_amount,
    case
        when lines.line_type = 'refund' then cast(0 as number(18, 2))
        else {{ round_money('lines.settlement_amount * fees.percent_rate + fees.fixed_fee', 'lines.minor_units') }}
    end as fee_amount,
    lines.line_type <> 'refund' and fees.fee_plan is null as is_fee_missing,
    lines.loaded_at
from lines
left join fees
    on
        lines.fee_plan = fees.fee_plan
        and lines.settlement_currency = fees.currency
        and lines.settlement_date >= fees.valid_from
        and lines.settlement_date <= coalesce(fees.valid_to, cast('9999-12-31' as date))
