{#- So few payees of all are found by index. -#}
{%- set payees_of_labels -%}
    select payees.payee_id
    from {{ ref('dim_payee') }} as payees
    where payees.label_id > 0
{%- endset -%}
with
audiences as (
    select * from {{ ref('int_label_audiences') }}
    where label_id > 0
),

labels as (
    select
        label_id,
        name
    from {{ ref('dim_label') }}
    where label_id > 0
),

label_earnings as (
    select * from {{ ref('int_label_earnings') }}
),

payee_earnings as (
    select * from {{ ref('int_payee_earnings') }}
    where {{ is_one_of('payee_id', payees_of_labels) }}
),

payouts as (
    select * from {{ ref('fct_payouts') }}
    where {{ is_one_of('payee_id', payees_of_labels) }}
),

payees as (
    select * from {{ ref('dim_payee') }}
),

-- What the roster's recordings brought all who share in them, and what of all royalties is the label's own.
earnings as (
    select
        label_earnings.booking_month as month_start_date,
        label_earnings.label_id,
        label_earnings.amount_eur_micro as roster_eur_micro,
        cast(0 as bigint) as own_eur_micro,
        cast(0 as bigint) as paid_eur_micro,
        cast(0 as bigint) as pending_eur_micro,
        cast(0 as bigint) as carried_forward_eur_micro
    from label_earnings
    union all
    select
        payee_earnings.booking_month as month_start_date,
        payees.label_id,
        0 as roster_eur_micro,
        payee_earnings.amount_eur_micro as own_eur_micro,
        0 as paid_eur_micro,
        0 as pending_eur_micro,
        0 as carried_forward_eur_micro
    from payee_earnings
    inner join payees on payee_earnings.payee_id = payees.payee_id
    union all
    select
        payouts.statement_month as month_start_date,
        payees.label_id,
        0 as roster_eur_micro,
        0 as own_eur_micro,
        payouts.net_eur_micro - payouts.pending_eur_micro as paid_eur_micro,
        payouts.pending_eur_micro,
        payouts.carried_forward_eur_micro
    from payouts
    inner join payees on payouts.payee_id = payees.payee_id
),

earned as (
    select
        month_start_date,
        label_id,
        coalesce(sum(roster_eur_micro), 0) as roster_eur_micro,
        coalesce(sum(own_eur_micro), 0) as own_eur_micro,
        coalesce(sum(paid_eur_micro), 0) as paid_eur_micro,
        coalesce(sum(pending_eur_micro), 0) as pending_eur_micro,
        coalesce(sum(carried_forward_eur_micro), 0) as carried_forward_eur_micro
    from earnings
    where label_id > 0
    group by month_start_date, label_id
),

months as (
    select
        coalesce(audiences.month_start_date, earned.month_start_date) as month_start_date,
        coalesce(audiences.label_id, earned.label_id) as label_id,
        audiences.streams,
        audiences.listeners,
        audiences.female_listeners,
        audiences.male_listeners,
        audiences.listeners_under_18,
        audiences.listeners_18_to_24,
        audiences.listeners_25_to_34,
        audiences.listeners_35_to_44,
        audiences.listeners_from_45,
        audiences.top_country_code,
        earned.roster_eur_micro,
        earned.own_eur_micro,
        earned.paid_eur_micro,
        earned.pending_eur_micro,
        earned.carried_forward_eur_micro
    from audiences
    full outer join earned
        on
            audiences.month_start_date = earned.month_start_date
            and audiences.label_id = earned.label_id
)

select
    months.month_start_date,
    months.label_id,
    labels.name as label_name,
    {% for amount in ['roster', 'own', 'paid', 'pending', 'carried_forward'] -%}
    cast(coalesce(months.{{ amount }}_eur_micro, 0) as bigint) as {{ amount }}_eur_micro,
    {% endfor -%}
    cast(coalesce(months.streams, 0) as bigint) as qualified_streams,
    {% for part in [
        'listeners', 'female_listeners', 'male_listeners', 'listeners_under_18', 'listeners_18_to_24',
        'listeners_25_to_34', 'listeners_35_to_44', 'listeners_from_45'
    ] -%}
    cast(coalesce(months.{{ part }}, 0) as bigint) as {{ part }},
    {% endfor -%}
    coalesce(months.top_country_code, 'none') as top_country_code
from months
left join labels on months.label_id = labels.label_id
