{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='account_id',
        on_schema_change='fail',
    )
}}

with arrived as (

    select *
    from {{ source('raw', 'accounts_cdc') }}
    {% if is_incremental() %}
    where loaded_at > {{ loaded_since_last_run(this) }}
    {% endif %}

),

latest as (

    select *
    from arrived
    qualify row_number() over (partition by account_id order by cdc_lsn desc, loaded_at desc) = 1

)

select
    latest.account_id,
    latest.merchant_id,
    latest.account_type,
    latest.currency,
    right(latest.iban, 4) as iban_last4,
    latest.credit_limit,
    latest.status,
    latest.cdc_committed_at as changed_at,
    latest.cdc_op = 'd' as is_deleted,
    latest.cdc_lsn,
    latest.loaded_at
from latest
{% if is_incremental() %}
-- A lagging partition may bring an old change after a newer one was merged.
left join {{ this }} as merged
    on latest.account_id = merged.account_id
where merged.account_id is null or latest.cdc_lsn > merged.cdc_lsn
{% endif %}
