-- Revenue is the net amount on the day of issue; tax is the state's, drafts and void invoices are nobody's.
select
    invoices.issued_on as revenue_date,
    invoices.merchant_id,
    'platform_fee' as revenue_type,
    cast(sum(invoices.net_amount) as number(18, 2)) as original_amount,
    invoices.currency as original_currency,
    cast(sum({{ round_money('invoices.net_amount * rates.rate', '2') }}) as number(18, 2)) as amount
from {{ ref('stg_invoices') }} as invoices
left join {{ ref('fx_rate_periods') }} as rates
    on {{ fx_rate_holds('rates', 'invoices.currency', reporting_currency(), 'invoices.issued_on') }}
where not invoices.is_deleted and invoices.status in ('open', 'paid')
group by invoices.issued_on, invoices.merchant_id, invoices.currency
