{#- Which entities name whose ids in which column: (entity, staged relation, column, condition). -#}
{%- set references = [
    ('users', 'stg_engagement__follows', 'follower_user_id', none),
    ('users', 'stg_engagement__follows', 'target_id', "target_type = 'user'"),
    ('users', 'stg_engagement__ratings', 'user_id', none),
    ('users', 'stg_engagement__reviews', 'user_id', none),
    ('users', 'stg_engagement__comments', 'user_id', none),
    ('users', 'stg_engagement__saves', 'user_id', none),
    ('users', 'stg_charts__challenge_participants', 'user_id', none),
    ('users', 'stg_marketing__referrals', 'referrer_user_id', none),
    ('users', 'stg_marketing__referrals', 'referee_user_id', none),
    ('users', 'stg_engagement__playlists', 'owner_user_id', none),
    ('users', 'stg_identity__devices', 'user_id', none),
    ('users', 'stg_identity__household_members', 'user_id', none),
    ('users', 'stg_catalog__artists', 'user_id', none),
    ('users', 'stg_catalog__labels', 'owner_user_id', none),
    ('users', 'stg_billing__subscriptions', 'user_id', none),
    ('users', 'stg_billing__invoices', 'user_id', none),
    ('users', 'stg_support__support_tickets', 'user_id', none),
    ('users', 'stg_moderation__content_reports', 'reporter_user_id', none),
    ('users', 'stg_moderation__content_reports', 'reported_user_id', none),
    ('users', 'stg_moderation__content_reports', 'reviewed_by_user_id', none),
    ('content', 'stg_support__support_tickets', 'content_id', none),
    ('content', 'stg_moderation__content_reports', 'reported_content_id', none),
    ('content', 'stg_compliance__copyright_claims', 'content_id', none),
    ('content', 'stg_catalog__content_uploads', 'content_id', none),
    ('devices', 'stg_support__support_tickets', 'device_id', none),
    ('support_agents', 'stg_support__support_tickets', 'support_agent_id', none),
    ('users', 'stg_compliance__data_subject_requests', 'user_id', none),
    ('users', 'stg_community__communities', 'manager_user_id', none),
    ('users', 'stg_live__live_events', 'host_user_id', none),
    ('users', 'stg_live__live_tickets', 'buyer_user_id', none),
    ('artists', 'stg_community__communities', 'artist_id', none),
    ('artists', 'stg_live__live_events', 'artist_id', none),
    ('communities', 'stg_live__live_events', 'community_id', none),
    ('users', 'stg_identity__households', 'owner_user_id', none),
    ('users', 'stg_billing__orders', 'user_id', none),
    ('artists', 'stg_billing__orders', 'artist_id', none),
    ('artists', 'stg_billing__products', 'artist_id', none),
    ('content', 'stg_billing__products', 'content_id', none),
    ('albums', 'stg_billing__products', 'album_id', none),
    ('live_events', 'stg_live__live_tickets', 'live_event_id', none),
    ('content', 'stg_engagement__comments', 'content_id', none),
    ('content', 'stg_engagement__saves', 'content_id', none),
    ('content', 'stg_engagement__playlist_items', 'content_id', none),
    ('content', 'stg_catalog__songs', 'content_id', none),
    ('content', 'stg_ads__campaigns', 'promoted_content_id', none),
    ('songs', 'stg_catalog__songs', 'cover_of_song_id', none),
    ('songs', 'stg_engagement__ratings', 'song_id', none),
    ('songs', 'stg_engagement__reviews', 'song_id', none),
    ('songs', 'stg_catalog__song_artists', 'song_id', none),
    ('songs', 'stg_catalog__song_genres', 'song_id', none),
    ('songs', 'stg_catalog__song_moods', 'song_id', none),
    ('songs', 'stg_catalog__song_localizations', 'song_id', none),
    ('songs', 'stg_royalties__song_works', 'song_id', none),
    ('songs', 'stg_royalties__revenue_splits', 'song_id', none),
    ('albums', 'stg_engagement__reviews', 'album_id', none),
    ('albums', 'stg_catalog__songs', 'album_id', none),
    ('artists', 'stg_catalog__content', 'artist_id', none),
    ('artists', 'stg_catalog__content_uploads', 'artist_id', none),
    ('artists', 'stg_catalog__albums', 'artist_id', none),
    ('artists', 'stg_catalog__song_artists', 'artist_id', none),
    ('artists', 'stg_engagement__follows', 'target_id', "target_type = 'artist'"),
    ('artists', 'stg_royalties__royalty_rates', 'artist_id', none),
    ('artists', 'stg_royalties__payees', 'artist_id', none),
    ('users', 'stg_royalties__payees', 'user_id', none),
    ('artists', 'stg_ads__campaigns', 'creator_artist_id', none),
    ('playlists', 'stg_engagement__playlist_items', 'playlist_id', none),
    ('advertisers', 'stg_ads__campaigns', 'advertiser_id', none),
    ('campaigns', 'stg_ads__campaign_targets', 'campaign_id', none),
    ('campaigns', 'stg_ads__creatives', 'campaign_id', none),
] %}

with
{% for relation, named in referring_columns(references).items() -%}
{{ relation.split('__')[1] }} as (
    select
        {{ named | join(',\n        ') }}
    from {{ ref(relation) }}
),

{% endfor -%}
{% for entity, relation, column, condition in references -%}
reference_{{ loop.index }} as (
    select distinct
        '{{ entity }}' as entity,
        {{ column }} as entity_id
    from {{ relation.split('__')[1] }}
    where
        {{ column }} is not null
        {%- if condition %}
        and {{ condition }}
        {%- endif %}
),

{% endfor -%}
event_references as (
    select
        entity,
        entity_id
    from {{ ref('int_event_references') }}
),

final as (
    {% for reference in references -%}
    select * from reference_{{ loop.index }}
    union
    {% endfor -%}
    select * from event_references
)

select * from final
