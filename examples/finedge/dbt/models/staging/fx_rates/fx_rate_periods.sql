with published as (

    select
        base_currency,
        quote_currency,
        rate,
        rate_date as valid_from,
        -- Both arguments are never null: LEAST of a null is null in Snowflake, and the last rate would never hold.
        cast(
            least(
                coalesce(
                    lead(rate_date) over (partition by base_currency, quote_currency order by rate_date),
                    cast('9999-12-31' as date)
                ),
                {{ dbt.dateadd('day', var('fx_rate_valid_days') + 1, 'rate_date') }}
            ) as date
        ) as valid_to
    from {{ ref('stg_fx_rates') }}

),

same_currency as (

    select
        currency as base_currency,
        currency as quote_currency,
        cast(1 as number(18, 8)) as rate,
        cast('1970-01-01' as date) as valid_from,
        cast('9999-12-31' as date) as valid_to
    from {{ ref('currencies') }}

)

select
    base_currency,
    quote_currency,
    rate,
    valid_from,
    valid_to
from published
where base_currency <> quote_currency

union all

select
    base_currency,
    quote_currency,
    rate,
    valid_from,
    valid_to
from same_currency
