"""Defects on purpose: what arrives broken, at which rate, and what must become of it.

======================  ========  ==========================================================================
kind                    rows      what staging or the referential checks must do with it
======================  ========  ==========================================================================
code_noise              altered   blanks and upper case around a code: repaired by ``lower(trim(x))``
currency_noise          altered   blanks and lower case around a currency: repaired by ``upper(trim(x))``
delayed                 altered   ``arrived_at`` hours later on the same UTC day: nothing to repair
out_of_order            altered   rows of the file in another order: nothing to repair
duplicate_change        added     exact copy of an entity's change row, later the same day: one row stays per
                                  key and change_no, the copy is a ``duplicate`` of ``<table>_changes``
duplicate               added     exact copy of an event, later the same day or with the next day's file;
                                  ``reject_rule = 'duplicate'`` for all but the earliest (arrived_at, load_id)
orphan_<parent>         added     key of a parent that was never issued: ``reject_rule = 'orphan_<parent>'``
                                  with parent user, content, device, session, artist, invoice, subscription,
                                  transaction, campaign, creative, ad_request, ad_impression
negative_played_ms      added     ``played_ms < 0``: ``reject_rule = 'negative_played_ms'``
negative_exposed_ms     added     ``exposed_ms < 0``: ``reject_rule = 'negative_exposed_ms'``
ended_before_start      added     ``ended_at < started_at`` of a session: ``reject_rule = 'ended_before_start'``
started_after_arrival   added     clock skew: the event's instant lies more than 24 hours after ``arrived_at``:
                                  ``reject_rule = 'started_after_arrival'``
unknown_code            added     a code outside the declared set even after trim and lower:
                                  ``reject_rule = 'unknown_code'``
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
ALTERED = ("code_noise", "currency_noise", "delayed", "out_of_order")
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
        if self.kind in ("delayed", "out_of_order"):
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
)
