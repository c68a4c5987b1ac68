-- Private addresses of people's calendars.

CREATE TABLE calendar_feeds (
    -- One address each; a new one ends the old one.
    user_id      uuid PRIMARY KEY REFERENCES users,
    -- SHA-256 of the secret in the address, which is nowhere: whoever reads this table can read nobody's calendar by it.
    secret_hash  bytea NOT NULL UNIQUE CHECK (octet_length(secret_hash) = 32),
    created_at   timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_feeds TO rsvp_api;
GRANT SELECT (user_id), DELETE ON calendar_feeds TO rsvp_worker;

-- What was decided about an activity itself: calendars count its revisions. A few rows per activity.
CREATE INDEX rsvp_analytics_of_activity ON rsvp_analytics (activity_id) WHERE rsvp_id IS NULL AND code IS NULL;

INSERT INTO schema_version (version) VALUES (14);
