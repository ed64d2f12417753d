with
communities as (
    select
        community_id,
        {{ to_date('created_at') }} as created_date
    from {{ ref('stg_community__communities') }}
),

memberships as (
    select
        community_id,
        started_at,
        ended_at
    from {{ ref('stg_community__community_subscriptions') }}
),

membership_documents as (
    select
        community_subscription_id,
        community_id
    from {{ ref('stg_community__community_subscriptions') }}
),

forums as (
    select
        forum_id,
        community_id,
        forum_type
    from {{ ref('stg_community__forums') }}
),

forum_posts as (
    select
        forum_id,
        is_answered,
        {{ to_date('created_at') }} as posted_date
    from {{ ref('stg_community__forum_posts') }}
),

payments as (
    select
        document_id,
        transacted_date,
        movement_type,
        amount_eur_micro
    from {{ ref('fct_transactions') }}
    where
        purpose = 'community'
        and movement_type <> 'failure'
),

clock as (
    select
        data_date,
        history_start
    from {{ ref('int_clock') }}
),

days as (
    select date_day
    from {{ ref('dim_date') }}
),

spine as (
    select
        communities.community_id,
        days.date_day
    from communities
    cross join clock
    inner join days
        on
            communities.created_date <= days.date_day
            and clock.history_start <= days.date_day
            and clock.data_date >= days.date_day
),

written as (
    select
        forums.community_id,
        forum_posts.posted_date as date_day,
        case when forums.forum_type = 'artist_forum' then 1 else 0 end as posts,
        case when forums.forum_type <> 'artist_forum' then 1 else 0 end as comments,
        case when forum_posts.is_answered then 1 else 0 end as answers,
        0 as members_joined,
        0 as members_left,
        0 as payments,
        0 as fees_eur_micro
    from forum_posts
    inner join forums on forum_posts.forum_id = forums.forum_id
),

joined as (
    select
        community_id,
        {{ to_date('started_at') }} as date_day,
        0 as posts,
        0 as comments,
        0 as answers,
        1 as members_joined,
        0 as members_left,
        0 as payments,
        0 as fees_eur_micro
    from memberships
),

parted as (
    select
        community_id,
        {{ to_date('ended_at') }} as date_day,
        0 as posts,
        0 as comments,
        0 as answers,
        0 as members_joined,
        1 as members_left,
        0 as payments,
        0 as fees_eur_micro
    from memberships
    where ended_at is not null
),

paid as (
    select
        membership_documents.community_id,
        payments.transacted_date as date_day,
        0 as posts,
        0 as comments,
        0 as answers,
        0 as members_joined,
        0 as members_left,
        case when payments.movement_type = 'charge' then 1 else 0 end as payments,
        coalesce(payments.amount_eur_micro, 0) as fees_eur_micro
    from payments
    inner join membership_documents
        on payments.document_id = membership_documents.community_subscription_id
),

happened as (
    select * from written
    union all
    select * from joined
    union all
    select * from parted
    union all
    select * from paid
),

-- What lies before the first day of the spine counts for its members alone.
dated as (
    select
        happened.community_id,
        case
            when happened.date_day < clock.history_start then {{ add_days('clock.history_start', -1) }}
            else happened.date_day
        end as date_day,
        happened.posts,
        happened.comments,
        happened.answers,
        happened.members_joined,
        happened.members_left,
        happened.payments,
        happened.fees_eur_micro
    from happened
    cross join clock
),

totals as (
    select
        community_id,
        date_day,
        sum(posts) as posts,
        sum(comments) as comments,
        sum(answers) as answers,
        sum(members_joined) as members_joined,
        sum(members_left) as members_left,
        sum(payments) as payments,
        sum(fees_eur_micro) as fees_eur_micro
    from dated
    group by community_id, date_day
),

-- The days of the spine, and one before them that is taken away below.
days_and_opening as (
    select
        spine.community_id,
        spine.date_day,
        true as is_day
    from spine
    union all
    select
        communities.community_id,
        {{ add_days('clock.history_start', -1) }} as date_day,
        false as is_day
    from communities
    cross join clock
    where communities.created_date < clock.history_start
),

counted as (
    select
        days_and_opening.community_id,
        days_and_opening.date_day,
        days_and_opening.is_day,
        coalesce(totals.posts, 0) as posts,
        coalesce(totals.comments, 0) as comments,
        coalesce(totals.answers, 0) as answers,
        coalesce(totals.members_joined, 0) as members_joined,
        coalesce(totals.members_left, 0) as members_left,
        sum(coalesce(totals.members_joined, 0) - coalesce(totals.members_left, 0)) over (
            partition by days_and_opening.community_id order by days_and_opening.date_day
        ) as members,
        coalesce(totals.payments, 0) as payments,
        coalesce(totals.fees_eur_micro, 0) as fees_eur_micro
    from days_and_opening
    left join totals
        on
            days_and_opening.community_id = totals.community_id
            and days_and_opening.date_day = totals.date_day
)

select
    community_id,
    date_day,
    cast(posts as bigint) as posts,
    cast(comments as bigint) as comments,
    cast(answers as bigint) as answers,
    cast(members as bigint) as members,
    cast(members_joined as bigint) as members_joined,
    cast(members_left as bigint) as members_left,
    cast(payments as bigint) as payments,
    cast(fees_eur_micro as bigint) as fees_eur_micro
from counted
where is_day
