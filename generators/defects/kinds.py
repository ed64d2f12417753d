"""Defects on purpose: what arrives broken, at which rate, and what must become of it.

======================  ========  ==========================================================================
kind                    rows      what staging or the referential checks must do with it
======================  ========  ==========================================================================
code_noise              altered   blanks and upper case around a code: repaired by ``lower(trim(x))``
currency_noise          altered   blanks and lower case around a currency: repaired by ``upper(trim(x))``
delayed                 altered   ``arrived_at`` hours later on the same UTC day: nothing to repair
out_of_order            altered   rows of the file in another order: nothing to repair
odd_text                altered   a text that somebody wrote with emoji, marks of direction, quotes, line breaks,
                                  U+0000 ...: kept, but for blanks at its ends and U+0000
duplicate_change        added     exact copy of an entity's change row, later the same day: one row stays per
                                  key and change_no, the copy is a ``duplicate`` of ``<table>_changes``
duplicate               added     exact copy of an event, later the same day or with the next day's file;
                                  ``reject_rule = 'duplicate'`` for all but the earliest (arrived_at, load_id)
orphan_<parent>         added     key of a parent that was never issued: ``reject_rule = 'orphan_<parent>'``
                                  with parent user, content, device, session, artist, invoice, subscription,
                                  transaction, campaign, creative, ad_request, ad_impression
negative_played_ms      added     ``played_ms < 0``: ``reject_rule = 'negative_played_ms'``
negative_exposed_ms     added     ``exposed_ms < 0``: ``reject_rule = 'negative_exposed_ms'``
negative_amount         added     an amount below zero: ``reject_rule = 'negative_amount'``
amount_not_positive     added     an amount of zero or less: ``reject_rule = 'amount_not_positive'``
out_of_range            added     a number below its range: ``reject_rule = 'out_of_range'``
malformed_value         added     a text that has not its form: ``reject_rule = 'malformed_value'``
missing_value           added     blanks for a required text: ``reject_rule = 'missing_value'``
contradiction           added     a flag turned round that others go by: ``reject_rule = 'contradiction'``
ended_before_start      added     an end before the start: ``reject_rule = 'ended_before_start'``
wrong_order             added     an instant before the one it follows: ``reject_rule = 'wrong_order'``
started_after_arrival   added     clock skew: the event's instant lies more than 24 hours after ``arrived_at``:
                                  ``reject_rule = 'started_after_arrival'``
unknown_code            added     a code outside the declared set even after trim and lower, odd texts among
                                  them: ``reject_rule = 'unknown_code'``
currency_mismatch       added     a transaction in another currency than its invoice or tip:
                                  ``reject_rule = 'currency_mismatch'`` (referential: needs the document)
======================  ========  ==========================================================================

Altered rows keep their key and mean the same once repaired; added rows have ids of their own (sequence from
900,000,000 within the day, below it no clean event reaches), so that the clean rows stay as they are, and one
row carries one defect. Rows of orphan parents that are events (session, invoice, ...) point ten years ahead.
The table ``DEFECTS`` below holds which table suffers from what, in which column, how often.
"""

from __future__ import annotations

from dataclasses import dataclass

ADDED_SEQUENCE = 900_000_000
"""First sequence, within the arrival day's event ids, of rows that were added as defects."""
ORPHAN_ID = 5_000_000_000
"""First id of entities that orphans point at."""
ORPHAN_DAYS = 3_650
"""Days ahead of the arrival day at which events lie that orphans point at."""
DATED_ENTITIES = {"invoices"}
"""Entities whose ids are numbered by day, as those of events are."""
ALTERED = ("code_noise", "currency_noise", "delayed", "odd_text", "out_of_order")
"""Kinds that alter rows; the others add some."""


@dataclass(frozen=True)
class Defect:
    """One kind of defect in one table."""

    table: str
    kind: str
    """Name of the defect; of added event rows it is the ``reject_rule`` as well (``duplicate_next_day``: duplicate)."""
    column: str | None
    """Column that is broken; None where the whole row is concerned."""
    rate: float
    """Share of the day's rows of the table that is altered, or that is copied into an added row."""

    @property
    def expected(self) -> str:
        """What must become of it: ``repaired``, ``kept``, or the ``reject_rule``."""
        if self.kind in ("code_noise", "currency_noise"):
            return "repaired"
        if self.kind in ("delayed", "odd_text", "out_of_order"):
            return "kept"
        return "duplicate" if self.kind.startswith("duplicate") else self.kind


DEFECTS: tuple[Defect, ...] = (
    # altered rows, repaired
    Defect("streams", "code_noise", "context_type", 0.004),
    Defect("streams", "code_noise", "quality", 0.002),
    Defect("streams", "delayed", None, 0.02),
    Defect("streams", "out_of_order", None, 1.0),
    Defect("reactions", "code_noise", "reaction_type", 0.004),
    Defect("transactions", "code_noise", "status", 0.02),
    Defect("transactions", "currency_noise", "currency_code", 0.02),
    Defect("subscription_events", "code_noise", "event_type", 0.02),
    Defect("ad_requests", "code_noise", "placement", 0.004),
    Defect("ad_requests", "out_of_order", None, 1.0),
    Defect("ad_impressions", "delayed", None, 0.02),
    Defect("tips", "odd_text", "message", 0.2),
    Defect("live_chat_messages", "odd_text", "message", 0.3),
    Defect("live_chat_messages", "code_noise", "message_type", 0.02),
    Defect("server_health_checks", "out_of_order", None, 1.0),
    Defect("promo_spend", "code_noise", "channel", 0.01),
    Defect("promo_spend", "currency_noise", "currency_code", 0.01),
    Defect("status_history", "delayed", None, 0.02),
    Defect("user_consents", "code_noise", "action", 0.01),
    Defect("experiment_assignments", "delayed", None, 0.02),
    Defect("auth_events", "code_noise", "event_type", 0.02),
    Defect("auth_events", "out_of_order", None, 1.0),
    Defect("marketing_touches", "code_noise", "touch_type", 0.01),
    Defect("marketing_touches", "out_of_order", None, 1.0),
    Defect("api_requests", "out_of_order", None, 1.0),
    Defect("client_timings", "code_noise", "timing_kind", 0.004),
    Defect("shares", "code_noise", "share_type", 0.02),
    Defect("search_queries", "delayed", None, 0.02),
    Defect("search_queries", "out_of_order", None, 1.0),
    Defect("metadata_audits", "code_noise", "attribute_name", 0.01),
    Defect("order_items", "currency_noise", "currency_code", 0.02),
    Defect("playlist_events", "delayed", None, 0.01),
    Defect("playlist_events", "out_of_order", None, 1.0),
    Defect("advances", "currency_noise", "currency_code", 0.02),
    Defect("recommendations", "out_of_order", None, 1.0),
    Defect("play_ticks", "out_of_order", None, 1.0),
    Defect("support_ticket_events", "code_noise", "event_type", 0.02),
    Defect("support_ticket_events", "delayed", None, 0.02),
    Defect("subscriptions", "out_of_order", None, 1.0),
    Defect("subscriptions", "duplicate_change", None, 0.02),
    # added rows, quarantined
    Defect("streams", "duplicate", None, 0.004),
    Defect("streams", "duplicate_next_day", None, 0.002),
    Defect("streams", "orphan_user", "user_id", 0.0008),
    Defect("streams", "orphan_content", "content_id", 0.0008),
    Defect("streams", "orphan_device", "device_id", 0.0008),
    Defect("streams", "orphan_session", "session_id", 0.0008),
    Defect("streams", "negative_played_ms", "played_ms", 0.0008),
    Defect("streams", "started_after_arrival", "started_at", 0.0005),
    Defect("streams", "unknown_code", "context_type", 0.0005),
    Defect("listening_sessions", "duplicate", None, 0.003),
    Defect("listening_sessions", "orphan_user", "user_id", 0.004),
    Defect("listening_sessions", "ended_before_start", "ended_at", 0.004),
    Defect("voice_commands", "duplicate", None, 0.01),
    Defect("voice_commands", "orphan_device", "device_id", 0.01),
    Defect("reactions", "duplicate", None, 0.004),
    Defect("reactions", "orphan_user", "user_id", 0.004),
    Defect("reactions", "unknown_code", "reaction_type", 0.004),
    Defect("user_consents", "orphan_user", "user_id", 0.01),
    Defect("live_attendance", "orphan_user", "user_id", 0.01),
    Defect("live_attendance", "orphan_live_event", "live_event_id", 0.04),
    Defect("subscription_events", "duplicate", None, 0.01),
    Defect("subscription_events", "orphan_subscription", "subscription_id", 0.01),
    Defect("invoice_lines", "duplicate", None, 0.01),
    Defect("invoice_lines", "orphan_invoice", "invoice_id", 0.01),
    Defect("transactions", "duplicate", None, 0.015),
    Defect("transactions", "duplicate_next_day", None, 0.01),
    Defect("transactions", "orphan_user", "user_id", 0.01),
    Defect("transactions", "orphan_invoice", "invoice_id", 0.01),
    Defect("transactions", "currency_mismatch", "currency_code", 0.015),
    Defect("transactions", "unknown_code", "purpose", 0.01),
    Defect("transactions", "started_after_arrival", "transacted_at", 0.01),
    Defect("transaction_events", "duplicate", None, 0.005),
    Defect("transaction_events", "orphan_transaction", "transaction_id", 0.005),
    Defect("refunds", "orphan_transaction", "transaction_id", 0.15),
    Defect("tips", "duplicate", None, 0.04),
    Defect("tips", "orphan_artist", "artist_id", 0.04),
    Defect("ad_requests", "duplicate", None, 0.003),
    Defect("ad_requests", "orphan_user", "user_id", 0.001),
    Defect("ad_requests", "unknown_code", "placement", 0.001),
    Defect("ad_impressions", "duplicate", None, 0.004),
    Defect("ad_impressions", "orphan_ad_request", "ad_request_id", 0.002),
    Defect("ad_impressions", "orphan_campaign", "campaign_id", 0.002),
    Defect("ad_impressions", "orphan_creative", "creative_id", 0.002),
    Defect("ad_impressions", "negative_exposed_ms", "exposed_ms", 0.002),
    Defect("ad_impressions", "started_after_arrival", "rendered_at", 0.001),
    Defect("ad_clicks", "duplicate", None, 0.05),
    Defect("ad_clicks", "orphan_ad_impression", "ad_impression_id", 0.05),
    Defect("campaign_status_events", "orphan_campaign", "campaign_id", 0.05),
    # of events that no model counts yet
    Defect("server_health_checks", "duplicate", None, 0.001),
    Defect("server_health_checks", "out_of_range", "server_no", 0.0005),
    Defect("server_health_checks", "contradiction", "is_up", 0.0005),
    Defect("promo_spend", "duplicate", None, 0.01),
    Defect("promo_spend", "negative_amount", "amount_minor", 0.01),
    Defect("promo_spend", "malformed_value", "currency_code", 0.01),
    Defect("status_history", "duplicate", None, 0.01),
    Defect("status_history", "unknown_code", "entity_type", 0.01),
    Defect("user_consents", "duplicate", None, 0.005),
    Defect("user_consents", "unknown_code", "channel", 0.005),
    Defect("user_consents", "started_after_arrival", "occurred_at", 0.005),
    Defect("experiment_assignments", "duplicate", None, 0.01),
    Defect("experiment_assignments", "started_after_arrival", "first_exposed_at", 0.01),
    Defect("anonymization_events", "duplicate", None, 0.05),
    Defect("anonymization_events", "unknown_code", "method", 0.05),
    Defect("auth_events", "duplicate", None, 0.01),
    Defect("auth_events", "unknown_code", "provider", 0.01),
    Defect("auth_events", "contradiction", "is_success", 0.01),
    Defect("marketing_touches", "duplicate", None, 0.01),
    Defect("marketing_touches", "started_after_arrival", "touched_at", 0.005),
    Defect("api_requests", "duplicate", None, 0.004),
    Defect("api_requests", "out_of_range", "latency_ms", 0.002),
    Defect("api_requests", "malformed_value", "trace_id", 0.002),
    Defect("client_timings", "duplicate", None, 0.004),
    Defect("client_timings", "out_of_range", "elapsed_ms", 0.004),
    Defect("content_versions", "duplicate", None, 0.02),
    Defect("content_versions", "unknown_code", "change_reason", 0.02),
    Defect("shares", "duplicate", None, 0.01),
    Defect("shares", "unknown_code", "share_type", 0.01),
    Defect("shares", "wrong_order", "expires_at", 0.02),
    Defect("search_queries", "duplicate", None, 0.004),
    Defect("search_queries", "unknown_code", "query_class", 0.002),
    Defect("search_queries", "wrong_order", "clicked_at", 0.004),
    Defect("metadata_audits", "duplicate", None, 0.01),
    Defect("metadata_audits", "contradiction", "is_correct", 0.01),
    Defect("order_items", "duplicate", None, 0.02),
    Defect("order_items", "amount_not_positive", "unit_price_minor", 0.02),
    Defect("playlist_events", "duplicate", None, 0.002),
    Defect("playlist_events", "unknown_code", "event_type", 0.001),
    Defect("playlist_events", "out_of_range", "revision_before", 0.001),
    Defect("moderation_actions", "duplicate", None, 0.01),
    Defect("moderation_actions", "unknown_code", "action", 0.01),
    Defect("live_chat_messages", "duplicate", None, 0.01),
    Defect("live_chat_messages", "missing_value", "message", 0.02),
    Defect("live_chat_messages", "unknown_code", "message_type", 0.02),
    Defect("advances", "duplicate", None, 0.02),
    Defect("advances", "amount_not_positive", "amount_minor", 0.02),
    Defect("coupon_redemptions", "duplicate", None, 0.1),
    Defect("coupon_redemptions", "negative_amount", "discount_minor", 0.1),
    Defect("recommendations", "duplicate", None, 0.002),
    Defect("recommendations", "unknown_code", "list_kind", 0.001),
    Defect("recommendations", "wrong_order", "clicked_at", 0.01),
    Defect("play_ticks", "unknown_code", "network_type", 0.001),
    Defect("play_ticks", "out_of_range", "bitrate_kbps", 0.001),
    Defect("promotion_ledger", "duplicate", None, 0.1),
    Defect("promotion_ledger", "unknown_code", "entry_type", 0.1),
    Defect("support_ticket_events", "duplicate", None, 0.01),
    Defect("support_ticket_events", "unknown_code", "actor", 0.01),
    Defect("live_attendance", "duplicate", None, 0.02),
    Defect("live_attendance", "ended_before_start", "left_at", 0.02),
    Defect("live_attendance", "out_of_range", "watch_seconds", 0.02),
)
