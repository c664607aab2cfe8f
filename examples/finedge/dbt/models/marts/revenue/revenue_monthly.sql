select
    cast(date_trunc('month', revenue_date) as date) as revenue_month,
    coalesce(country_code, 'ZZ') as country_code,
    revenue_type,
    cast(count(distinct merchant_id) as number(18, 0)) as merchant_count,
    cast(sum(amount) as number(18, 2)) as amount,
    currency
from {{ ref('revenue') }}
group by 1, 2, 3, 6
