{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='invoice_id',
        on_schema_change='fail',
    )
}}

with arrived as (

    select *
    from {{ source('raw', 'invoices_cdc') }}
    {% if is_incremental() %}
    where loaded_at > {{ loaded_since_last_run(this) }}
    {% endif %}

),

latest as (

    select *
    from arrived
    qualify row_number() over (partition by invoice_id order by cdc_lsn desc, loaded_at desc) = 1

)

select
    latest.invoice_id,
    latest.merchant_id,
    latest.issued_on,
    latest.due_on,
    latest.net_amount,
    latest.tax_amount,
    latest.currency,
    latest.status,
    latest.cdc_committed_at as changed_at,
    latest.cdc_op = 'd' as is_deleted,
    latest.cdc_lsn,
    latest.loaded_at
from latest
{% if is_incremental() %}
-- A lagging partition may bring an old change after a newer one was merged.
left join {{ this }} as merged
    on latest.invoice_id = merged.invoice_id
where merged.invoice_id is null or latest.cdc_lsn > merged.cdc_lsn
{% endif %}
