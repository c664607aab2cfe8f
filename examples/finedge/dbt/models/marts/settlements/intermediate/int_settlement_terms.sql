-- What was agreed with a merchant on a day: a change of plan or currency today must not change what was settled before.
-- The first terms that are known also hold before, for a merchant whose file lines arrive ahead of its record.
select
    merchant_id,
    settlement_currency,
    fee_plan,
    is_deleted,
    case
        when row_number() over (partition by merchant_id order by dbt_valid_from) = 1 then cast('1970-01-01' as date)
        else cast(dbt_valid_from as date)
    end as valid_from,
    coalesce(cast(dbt_valid_to as date), cast('9999-12-31' as date)) as valid_to
from {{ ref('merchants_history') }}
