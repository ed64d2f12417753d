{{ config(enabled=var('history_from') == 'changes') }}
{#- A state that dbt took at the end of a data day is the latest change that had arrived by then, and nothing else. -#}
{%- set entities = [
    ('ads', 'campaigns', 'campaign_id'),
    ('billing', 'plan_prices', 'plan_price_id'),
    ('billing', 'plans', 'plan_id'),
    ('billing', 'subscriptions', 'subscription_id'),
    ('catalog', 'artists', 'artist_id'),
    ('catalog', 'content', 'content_id'),
    ('catalog', 'songs', 'song_id'),
    ('engagement', 'playlists', 'playlist_id'),
    ('identity', 'household_members', 'household_member_id'),
    ('identity', 'user_settings', 'user_id'),
    ('identity', 'users', 'user_id'),
    ('royalties', 'rights_contracts', 'contract_id'),
] -%}
{#- Of what came since, the entities. -#}
{%- set tested = tested_load_id() %}

with
changes as (
    {% for domain, name, id in entities %}
    select
        '{{ name }}' as entity,
        {{ id }} as entity_id,
        change_no,
        changed_at,
        load_id,
        row_number() over (partition by {{ id }} order by change_no desc) as changes_back
    from {{ ref('stg_' ~ domain ~ '__' ~ name ~ '_changes') }}
    {% if tested is not none -%}
    where {{ is_one_of(id, ids_since(source('raw', name ~ '_changes'), id, tested)) }}
    {%- endif %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

states as (
    {% for domain, name, id in entities %}
    select
        '{{ name }}' as entity,
        {{ id }} as entity_id,
        change_no,
        dbt_valid_from,
        dbt_valid_to,
        lead(dbt_valid_from) over (partition by {{ id }} order by change_no) as next_valid_from
    from {{ ref('snap_' ~ domain ~ '__' ~ name) }}
    {% if tested is not none -%}
    where {{ is_one_of(id, ids_since(source('raw', name ~ '_changes'), id, tested)) }}
    {%- endif %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

compared as (
    select
        states.*,
        changes.changed_at,
        changes.changes_back,
        changes.load_id
    from states
    left join changes
        on
            states.entity = changes.entity
            and states.entity_id = changes.entity_id
            and states.change_no = changes.change_no
),

faults as (
    select
        entity,
        entity_id,
        change_no,
        'no such change' as fault
    from compared
    where
        changed_at is null
        or changed_at <> dbt_valid_from
    union all
    select
        entity,
        entity_id,
        change_no,
        'ends at another instant than the next begins' as fault
    from compared
    where dbt_valid_to <> coalesce(next_valid_from, {{ end_of_time() }})
    union all
    select
        compared.entity,
        compared.entity_id,
        compared.change_no,
        'a later change had arrived with it' as fault
    from compared
    inner join changes
        on
            compared.entity = changes.entity
            and compared.entity_id = changes.entity_id
            and compared.change_no < changes.change_no
            and compared.load_id >= changes.load_id
    union all
    select
        changes.entity,
        changes.entity_id,
        changes.change_no,
        'the latest change was not taken' as fault
    from changes
    left join states
        on
            changes.entity = states.entity
            and changes.entity_id = states.entity_id
            and changes.change_no = states.change_no
            and states.dbt_valid_to = {{ end_of_time() }}
    where
        changes.changes_back = 1
        and states.entity_id is null
)

select * from faults
