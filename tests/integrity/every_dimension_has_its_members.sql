-- Each dimension with numeric keys holds the members unknown and not applicable, once each.
{%- set dimensions = {
    'dim_user': 'user_key', 'dim_artist': 'artist_key', 'dim_song': 'song_key', 'dim_content': 'content_id',
    'dim_album': 'album_id', 'dim_device': 'device_id', 'dim_geography': 'geography_id',
    'dim_language': 'language_id', 'dim_plan': 'plan_key', 'dim_label': 'label_id',
    'dim_listening_context': 'listening_context_id', 'dim_voice_intent': 'voice_intent_id',
    'dim_playlist': 'playlist_key', 'dim_service': 'service_id', 'dim_support_agent': 'support_agent_id',
    'dim_community': 'community_id', 'dim_live_event': 'live_event_id',
    'dim_payee': 'payee_id', 'dim_rights_contract': 'contract_key',
} %}

{% for dimension, key in dimensions.items() -%}
select
    '{{ dimension }}' as dimension,
    count(case when {{ key }} = {{ unknown_key() }} then 1 end) as unknown_members,
    count(case when {{ key }} = {{ not_applicable_key() }} then 1 end) as not_applicable_members
from {{ ref(dimension) }}
where {{ key }} in ({{ unknown_key() }}, {{ not_applicable_key() }})
having
    count(case when {{ key }} = {{ unknown_key() }} then 1 end) <> 1
    or count(case when {{ key }} = {{ not_applicable_key() }} then 1 end) <> 1
{% if not loop.last %}union all{% endif %}
{% endfor %}
