-- Net movement of the safeguarding accounts. A closed or deleted account still counts for the days it had movements.
select
    totals.posting_date,
    totals.currency,
    cast(sum(totals.net_movement) as number(18, 2)) as safeguarded_amount,
    cast(sum(totals.posting_count) as number(18, 0)) as posting_count
from {{ ref('stg_ledger_posting_totals') }} as totals
inner join {{ ref('stg_accounts') }} as accounts
    on totals.account_id = accounts.account_id
where accounts.account_type = 'safeguarding'
group by totals.posting_date, totals.currency
