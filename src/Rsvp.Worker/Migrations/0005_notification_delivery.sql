-- Delivery of notifications: what each user wants, their webhooks, and one row per notification, channel and target.

CREATE TABLE notification_preferences (
    user_id      uuid PRIMARY KEY REFERENCES users,
    email        boolean NOT NULL DEFAULT true,
    webhook      boolean NOT NULL DEFAULT true,
    -- Kinds of notification that the user does not want to hear of on any channel.
    muted_kinds  text[] NOT NULL DEFAULT '{}',
    updated_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE webhooks (
    webhook_id       uuid PRIMARY KEY,
    user_id          uuid NOT NULL REFERENCES users,
    url              text NOT NULL,
    -- Standard Webhooks: whsec_ and base64. Deliveries are signed with it; only the notifier may read it.
    secret           text NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    -- Attempts that failed since the last one that did not, and since when.
    failures         integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_since    timestamptz,
    disabled_at      timestamptz,
    disabled_reason  text CHECK (disabled_reason IN ('gone', 'failing')),
    CONSTRAINT webhooks_failing CHECK ((failures > 0) = (failing_since IS NOT NULL)),
    CONSTRAINT webhooks_disabled CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
)
WITH (fillfactor = 80);

CREATE INDEX webhooks_by_user ON webhooks (user_id, created_at);

CREATE TABLE notification_deliveries (
    -- Id of the log row, the same on every channel.
    notification_id   uuid NOT NULL,
    channel           text NOT NULL CHECK (channel IN ('email', 'webhook')),
    -- The user for e-mail, the webhook for a webhook. Addresses are read when sending, so what was erased is not used.
    target            uuid NOT NULL,
    user_id           uuid NOT NULL,
    -- With the webhook its deliveries go.
    webhook_id        uuid REFERENCES webhooks ON DELETE CASCADE,
    activity_id       uuid NOT NULL,
    rsvp_id           uuid NOT NULL,
    kind              text NOT NULL,
    status            text NOT NULL,
    party_size        integer NOT NULL,
    offer_expires_at  timestamptz,
    issued_at         timestamptz NOT NULL,

    state             text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'failed')),
    -- Attempts begun; it tells the one who holds the row from one who held it before.
    attempts          integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    -- When it is to be tried next. While somebody tries: when it is taken from them.
    due_at            timestamptz NOT NULL DEFAULT now(),
    -- The last answer: a status of SMTP or HTTP, and a word for what went wrong; null while somebody tries. No text of the other side, which may repeat an address.
    last_status       integer,
    last_error        text,
    created_at        timestamptz NOT NULL DEFAULT now(),
    finished_at       timestamptz,

    PRIMARY KEY (notification_id, channel, target),
    CONSTRAINT notification_deliveries_target CHECK (target = CASE WHEN channel = 'webhook' THEN webhook_id ELSE user_id END),
    CONSTRAINT notification_deliveries_finished CHECK ((state = 'pending') = (finished_at IS NULL))
)
-- Each row is written three times or more.
WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

CREATE INDEX notification_deliveries_due ON notification_deliveries (channel, due_at) WHERE state = 'pending';
CREATE INDEX notification_deliveries_finished ON notification_deliveries (finished_at) WHERE state <> 'pending';
CREATE INDEX notification_deliveries_by_webhook ON notification_deliveries (webhook_id, created_at, notification_id) WHERE webhook_id IS NOT NULL;
CREATE INDEX notification_deliveries_by_user ON notification_deliveries (user_id);

-- The API keeps preferences and webhooks, writes a secret once and cannot read it back. Deliveries it only shows.
GRANT SELECT, INSERT, UPDATE ON notification_preferences TO rsvp_api;
GRANT INSERT, DELETE ON webhooks TO rsvp_api;
GRANT SELECT (webhook_id, user_id, url, created_at, failures, failing_since, disabled_at, disabled_reason) ON webhooks TO rsvp_api;
GRANT UPDATE (failures, failing_since, disabled_at, disabled_reason) ON webhooks TO rsvp_api;
GRANT SELECT ON notification_deliveries TO rsvp_api;

GRANT SELECT ON notification_preferences, webhooks TO rsvp_notifier;
GRANT UPDATE (failures, failing_since, disabled_at, disabled_reason) ON webhooks TO rsvp_notifier;
GRANT SELECT, INSERT, UPDATE, DELETE ON notification_deliveries TO rsvp_notifier;

-- The worker erases what belongs to a deleted user.
GRANT SELECT (user_id), DELETE ON notification_preferences, webhooks, notification_deliveries TO rsvp_worker;

INSERT INTO schema_version (version) VALUES (5);
