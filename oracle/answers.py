"""What each mart must say."""

from __future__ import annotations

from collections.abc import Callable

from oracle import (
    active,
    ads,
    charts,
    community,
    compliance,
    customers,
    days,
    dimensions,
    earnings,
    listening,
    live,
    platform,
    revenue,
    royalties,
    subscriptions,
    support,
    tags,
    transactions,
)
from oracle.lake import Row
from oracle.truth import Truth

ANSWERS: dict[str, Callable[[Truth], list[Row]]] = {
    "bridge_song_contributor": tags.bridge_song_contributor,
    "bridge_song_genre": tags.bridge_song_genre,
    "bridge_song_language": tags.bridge_song_language,
    "bridge_song_mood": tags.bridge_song_mood,
    "dim_advertiser": dimensions.dim_advertiser,
    "dim_album": dimensions.dim_album,
    "dim_artist": dimensions.dim_artist,
    "dim_campaign": dimensions.dim_campaign,
    "dim_community": community.dim_community,
    "dim_content": dimensions.dim_content,
    "dim_creative": dimensions.dim_creative,
    "dim_currency": dimensions.dim_currency,
    "dim_device": dimensions.dim_device,
    "dim_geography": dimensions.dim_geography,
    "dim_label": dimensions.dim_label,
    "dim_language": dimensions.dim_language,
    "dim_listening_context": dimensions.dim_listening_context,
    "dim_live_event": live.dim_live_event,
    "dim_plan": dimensions.dim_plan,
    "dim_playlist": dimensions.dim_playlist,
    "dim_service": platform.dim_service,
    "dim_song": dimensions.dim_song,
    "dim_support_agent": support.dim_support_agent,
    "dim_user": dimensions.dim_user,
    "dim_voice_intent": dimensions.dim_voice_intent,
    "dim_date": days.dates,
    "dim_time": days.minutes,
    "fct_api_hourly": platform.api_hourly,
    "fct_audit_events": compliance.audit_events,
    "fct_auth_daily": platform.auth_daily,
    "fct_batch_runs": platform.batch_runs,
    "fct_client_timings_hourly": platform.client_timings_hourly,
    "fct_community_daily": community.community_daily,
    "fct_consents": compliance.consents,
    "fct_content_reports": support.content_reports,
    "fct_content_uploads": platform.content_uploads,
    "fct_copyright_claims": support.copyright_claims,
    "fct_data_subject_requests": compliance.data_subject_requests,
    "fct_deployments": platform.deployments,
    "fct_impressions": ads.impressions,
    "fct_incidents": platform.incidents,
    "fct_listening_daily": listening.listening_daily,
    "fct_live_attendance": live.live_attendance,
    "fct_live_chat": live.live_chat,
    "fct_live_tickets": live.live_tickets,
    "fct_messages_daily": community.messages_daily,
    "fct_notifications_daily": community.notifications_daily,
    "fct_revenue_daily": revenue.revenue_daily,
    "fct_royalties": royalties.royalties,
    "fct_royalty_pools": royalties.royalty_pools,
    "fct_service_health_hourly": platform.service_health_hourly,
    "fct_streams": listening.streams,
    "fct_subscription_monthly": subscriptions.subscription_monthly,
    "fct_subscription_movements": subscriptions.subscription_movements,
    "fct_support_tickets": support.support_tickets,
    "fct_transactions": transactions.transactions,
    "mart_access_review": compliance.access_review,
    "mart_active_users": active.active_users,
    "mart_arpu_monthly": customers.arpu_monthly,
    "mart_artist_earnings": earnings.artist_earnings,
    "mart_churn_monthly": customers.churn_monthly,
    "mart_metadata_quality": platform.metadata_quality,
    "mart_top_artists": charts.top_artists,
    "mart_top_genres": charts.top_genres,
}
"""The rows of a mart, with all of its columns but those of `LEFT_OUT`."""

LEFT_OUT = {
    "load_id": "counts how the warehouse was filled, which is no part of the truth",
}
"""Columns that no answer has, with the reason."""

BY_DAY = {
    "arrived_at": "a row that is delayed within its UTC day is as it was, and no rule looks closer than that day",
    "known_at": "the arrival of the row or of what it needs",
}
"""Instants that are compared by their UTC day, with the reason."""
