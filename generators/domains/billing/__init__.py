"""Billing: plans, subscriptions and the documents and payments that follow from them."""

from generators.domains.billing.timeline import tier_at

__all__ = ["tier_at"]
