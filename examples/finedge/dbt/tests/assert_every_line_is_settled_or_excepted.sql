-- Control sum of lines: what arrived equals what was settled plus what is on the exceptions' work list.
with arrived as (

    select count(*) as line_count from {{ ref('stg_settlement_lines') }}

),

settled as (

    select coalesce(sum(line_count), 0) as line_count from {{ ref('settlements') }}

),

excepted as (

    select count(*) as line_count
    from {{ ref('settlement_exceptions') }}
    where exception_type = 'line'

)

select
    arrived.line_count as arrived,
    settled.line_count as settled,
    excepted.line_count as excepted
from arrived
cross join settled
cross join excepted
where arrived.line_count <> settled.line_count + excepted.line_count
