{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='merchant_id',
        on_schema_change='fail',
    )
}}

with arrived as (

    select *
    from {{ source('raw', 'merchants_cdc') }}
    {% if is_incremental() %}
    where loaded_at > {{ loaded_since_last_run(this) }}
    {% endif %}

),

latest as (

    select *
    from arrived
    qualify row_number() over (partition by merchant_id order by cdc_lsn desc, loaded_at desc) = 1

)

select
    latest.merchant_id,
    latest.legal_name,
    latest.country_code,
    latest.category_code,
    latest.settlement_currency,
    latest.fee_plan,
    latest.status,
    latest.opened_on,
    latest.cdc_committed_at as changed_at,
    latest.cdc_op = 'd' as is_deleted,
    latest.cdc_lsn,
    latest.loaded_at
from latest
{% if is_incremental() %}
-- A lagging partition may bring an old change after a newer one was merged.
left join {{ this }} as merged
    on latest.merchant_id = merged.merchant_id
where merged.merchant_id is null or latest.cdc_lsn > merged.cdc_lsn
{% endif %}
