{{ config(materialized='view') }}

select
    account_id,
    currency,
    window_start,
    window_end,
    cast(window_start as date) as posting_date,
    debit_total,
    credit_total,
    cast(credit_total - debit_total as number(18, 2)) as net_movement,
    posting_count
from {{ source('streaming', 'ledger_posting_totals') }}
