{#-
    Raw tables whose rows may be rejected: the model that keeps every row with its reject_rule, the one that checks
    references (events that others are counted from), and the columns of the key. Quarantine is made from this list,
    and so is the test that nothing is lost.
-#}
{% macro rejecting_tables() -%}
    {%- set tables = [] -%}
    {%- for domain, name, key in [
        ('engagement', 'streams', 'stream_id'),
        ('engagement', 'listening_sessions', 'session_id'),
        ('engagement', 'voice_commands', 'voice_command_id'),
        ('engagement', 'reactions', 'reaction_id'),
        ('billing', 'subscription_events', 'subscription_event_id'),
        ('billing', 'invoice_lines', 'invoice_line_id'),
        ('billing', 'tips', 'tip_id'),
        ('billing', 'transactions', 'transaction_id'),
        ('billing', 'transaction_events', 'transaction_event_id'),
        ('billing', 'refunds', 'refund_id'),
        ('ads', 'campaign_status_events', 'campaign_status_event_id'),
        ('ads', 'ad_requests', 'ad_request_id'),
        ('ads', 'ad_impressions', 'ad_impression_id'),
        ('ads', 'ad_clicks', 'ad_click_id'),
    ] -%}
        {%- do tables.append({
            'name': name, 'key': [key], 'base': 'base_' ~ domain ~ '__' ~ name, 'checked': 'int_' ~ name ~ '_checked',
            'staged': 'int_' ~ name ~ '_accepted',
        }) -%}
    {%- endfor -%}
    {%- for name, key in [
        ('opening_listening_days', ['user_id', 'local_date']),
        ('opening_song_streams', ['song_id', 'month_start']),
        ('issued_keys', ['entity', 'issued_date']),
    ] -%}
        {%- do tables.append({
            'name': name, 'key': key, 'base': 'base_opening__' ~ name, 'checked': none,
            'staged': 'stg_opening__' ~ name,
        }) -%}
    {%- endfor -%}
    {%- for domain, name, id in [
        ('identity', 'users', 'user_id'),
        ('identity', 'user_settings', 'user_id'),
        ('identity', 'household_members', 'household_member_id'),
        ('catalog', 'artists', 'artist_id'),
        ('catalog', 'content', 'content_id'),
        ('catalog', 'songs', 'song_id'),
        ('catalog', 'audio_features', 'song_id'),
        ('engagement', 'playlists', 'playlist_id'),
        ('billing', 'plans', 'plan_id'),
        ('billing', 'plan_prices', 'plan_price_id'),
        ('billing', 'subscriptions', 'subscription_id'),
        ('billing', 'invoices', 'invoice_id'),
        ('royalties', 'revenue_splits', 'revenue_split_id'),
        ('royalties', 'rights_contracts', 'contract_id'),
        ('royalties', 'royalty_rates', 'royalty_rate_id'),
        ('ads', 'campaigns', 'campaign_id'),
    ] -%}
        {%- do tables.append({
            'name': name ~ '_changes', 'key': [id, 'change_no'], 'base': 'base_' ~ domain ~ '__' ~ name ~ '_changes',
            'checked': none, 'staged': 'stg_' ~ domain ~ '__' ~ name ~ '_changes',
        }) -%}
    {%- endfor -%}
    {{ return(tables) }}
{%- endmacro %}

{#- Raw tables of which staging takes every row: their loader keeps one row per key, under constraints. -#}
{% macro keeping_tables() -%}
    {{ return({
        'reference': ['countries', 'regions', 'cities', 'languages', 'genres', 'moods'],
        'identity': [
            'users', 'user_settings', 'households', 'household_members', 'devices', 'user_preferred_genres',
        ],
        'catalog': [
            'labels', 'artists', 'albums', 'content', 'songs', 'song_artists', 'song_genres', 'song_moods',
            'song_localizations', 'audio_features',
        ],
        'engagement': ['follows', 'playlists', 'playlist_items'],
        'billing': ['plans', 'plan_prices', 'payment_methods', 'subscriptions', 'invoices'],
        'royalties': [
            'payees', 'works', 'song_works', 'rights_contracts', 'royalty_rates', 'revenue_splits',
            'allocation_methods',
        ],
        'ads': ['advertisers', 'campaigns', 'campaign_targets', 'creatives'],
    }) }}
{%- endmacro %}

{#- A key of one or more columns as text. -#}
{% macro record_key(columns) -%}
    {%- for column in columns -%}
        cast({{ column }} as text){{ " || '/' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- In an incremental model over rejected rows: those whose key has a copy in a load newer than those built. -#}
{% macro and_key_is_touched(relation, key) -%}
    {%- if is_incremental() -%}
        {%- set identity = key[0] if key | length == 1 else record_key(key) -%}
        and {{ identity }} in (
            select {{ identity }}
            from {{ relation }}
            where load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
        )
    {%- endif -%}
{%- endmacro %}
