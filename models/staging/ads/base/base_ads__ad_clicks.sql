with source as (
    select * from {{ source('raw', 'ad_clicks') }}
),

renamed as (
    select
        -- ids
        ad_click_id,
        ad_impression_id,

        -- times
        clicked_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        ad_click_id,
        ad_impression_id,
        clicked_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when ad_click_id is null or ad_impression_id is null or clicked_at is null
                then 'missing_value'
            when {{ after_arrival('clicked_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by ad_click_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        ad_click_id,
        ad_impression_id,
        clicked_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'ad_click_id', 'ad_impression_id', 'clicked_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
