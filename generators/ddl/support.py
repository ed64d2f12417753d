"""Customer support: who answers, what is asked, and every step until it is resolved."""

from functools import partial

from generators.ddl.table import table

_event = partial(table, kind="event", domain="support")
_entity = partial(table, kind="entity", domain="support")

TABLES = (
    _entity(
        name="support_agents",
        about="One agent of customer support.",
        key="support_agent_id",
        unique=("agent_code",),
        columns="""
        support_agent_id bigint              | Durable id of the agent.
        agent_code       text                | Code shown to customers.
        display_name     text                | Name shown to customers.
        team             text                | billing, playback, content or account.
        language_id      bigint -> languages | Language in which the agent answers.
        shift            text                | morning, evening or night.
        hired_at         timestamptz         | Works since (UTC).
        left_at          timestamptz?        | Works until (UTC).
        """,
        checks={
            "team_known": "team in ('billing', 'playback', 'content', 'account')",
            "shift_known": "shift in ('morning', 'evening', 'night')",
            "period_not_reversed": "left_at > hired_at",
        },
    ),
    _entity(
        name="support_tickets",
        about="One question or complaint of an account.",
        key="support_ticket_id",
        columns="""
        support_ticket_id bigint                    | Id of the ticket, rising with time.
        user_id           bigint? -> users set null | Who asks.
        subscription_id   bigint? -> subscriptions  | Subscription in force when it was opened, or billed; null without one.
        transaction_id    bigint? -> transactions   | Transaction it is about, for payments.
        content_id        bigint? -> content set null | Content whose removal is asked for.
        device_id         bigint? -> devices set null | Device on which it did not play.
        incident_id       bigint? -> incidents set null | Incident during which it did not play, where there was one.
        support_agent_id  bigint? -> support_agents | Agent it is assigned to.
        category          text                      | buffering, payment_failed, incorrect_billing, content_removal, account, app_bug, ads or other.
        priority          text                      | low, normal, high or urgent.
        channel           text                      | in_app, email, chat, phone or social.
        language_id       bigint -> languages       | Language in which it is asked.
        subject           text                      | Subject (synthetic).
        status            text                      | open, assigned, waiting (on the customer), escalated or resolved.
        is_escalated      boolean                   | Was handed to the second line.
        reopened_count    integer                   | How often it was opened again.
        satisfaction      integer?                  | 1 to 5, where the customer rated it.
        opened_at         timestamptz               | Opened (UTC).
        first_reply_at    timestamptz?              | First reply of an agent (UTC).
        resolved_at       timestamptz?              | Resolved last (UTC); null while it is not.
        updated_at        timestamptz               | Last change (UTC).
        """,
        checks={
            "category_known": (
                "category in ('buffering', 'payment_failed', 'incorrect_billing', 'content_removal', 'account',"
                " 'app_bug', 'ads', 'other')"
            ),
            "priority_known": "priority in ('low', 'normal', 'high', 'urgent')",
            "channel_known": "channel in ('in_app', 'email', 'chat', 'phone', 'social')",
            "status_known": "status in ('open', 'assigned', 'waiting', 'escalated', 'resolved')",
            "resolved_has_instant": "(status = 'resolved') = (resolved_at is not null)",
            "open_has_no_agent": "(status = 'open') = (support_agent_id is null)",
            "satisfaction_range": "satisfaction between 1 and 5",
            "satisfied_after_a_resolution": "satisfaction is null or status = 'resolved'",
            "reopened_not_negative": "reopened_count >= 0",
            "replied_after_opening": "first_reply_at > opened_at",
            "resolved_after_reply": "resolved_at > first_reply_at",
            "updated_after_opening": "updated_at >= opened_at",
        },
        indexes=(
            "user_id",
            "transaction_id",
            "support_agent_id",
            "opened_at",
            "priority, opened_at where resolved_at is null",
        ),
    ),
    _event(
        name="support_ticket_events",
        about="One step of a ticket, one for one with its changes.",
        key="support_ticket_event_id",
        partitioned=True,
        columns="""
        support_ticket_event_id bigint                    | Id of the step, rising with time.
        occurred_at             timestamptz               | Instant (UTC).
        support_ticket_id       bigint -> support_tickets | Ticket.
        event_type              text                      | opened, assigned, replied, waiting, customer_replied, escalated, resolved, reopened or rated.
        actor                   text                      | customer, agent or system.
        support_agent_id        bigint? -> support_agents | Agent, where one acts or is assigned.
        """,
        checks={
            "event_type_known": (
                "event_type in ('opened', 'assigned', 'replied', 'waiting', 'customer_replied', 'escalated', 'resolved',"
                " 'reopened', 'rated')"
            ),
            "actor_known": "actor in ('customer', 'agent', 'system')",
            "agents_have_an_id": "actor <> 'agent' or support_agent_id is not null",
        },
        indexes=("support_ticket_id, occurred_at", "support_agent_id, occurred_at"),
    ),
)
