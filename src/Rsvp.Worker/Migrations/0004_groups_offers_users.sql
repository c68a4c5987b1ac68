-- Groups, offers with their deadlines, and the deletion of users.

CREATE TABLE rsvp_groups (
    group_id        uuid PRIMARY KEY,
    activity_id     uuid NOT NULL REFERENCES activities,
    created_by      uuid NOT NULL,
    all_or_nothing  boolean NOT NULL,
    created_at      timestamptz NOT NULL
);

ALTER TABLE rsvps
    -- When the owner of an open offer is to be reminded; null when that was done.
    ADD COLUMN offer_remind_at timestamptz,
    -- Whether an offer that nobody answered ended it.
    ADD COLUMN offer_expired boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT rsvps_reminder_is_of_offer CHECK (offer_remind_at IS NULL OR status = 'offered'),
    ADD CONSTRAINT rsvps_expired_is_over CHECK (NOT offer_expired OR status = 'cancelled');

CREATE INDEX rsvps_offers ON rsvps (activity_id, offer_expires_at) WHERE status = 'offered';
CREATE INDEX rsvps_by_user ON rsvps (user_id);

-- A reminder is a row of the log that leaves the RSVP at its version.
DROP INDEX rsvp_analytics_by_rsvp;
CREATE UNIQUE INDEX rsvp_analytics_by_rsvp ON rsvp_analytics (rsvp_id, rsvp_version)
    WHERE code IS NULL AND rsvp_id IS NOT NULL AND action <> 'reminded';
-- The rows of an RSVP that are no version of it.
CREATE INDEX rsvp_analytics_asides ON rsvp_analytics (rsvp_id) WHERE rsvp_id IS NOT NULL AND (code IS NOT NULL OR action = 'reminded');

ALTER TABLE deadlines DROP CONSTRAINT deadlines_kind_check;
ALTER TABLE deadlines ADD CONSTRAINT deadlines_kind_check CHECK (kind IN ('pass_answer', 'offers'));

-- Personal data is gone since then; null while a deletion is under way.
ALTER TABLE users ADD COLUMN erased_at timestamptz;
CREATE INDEX users_erased ON users (erased_at) WHERE deleted_at IS NOT NULL;

GRANT SELECT ON rsvp_groups TO rsvp_api, rsvp_worker, rsvp_notifier;
GRANT INSERT ON rsvp_groups TO rsvp_worker;
-- What a deleted user wrote is erased; the log's facts stay.
GRANT UPDATE (reason) ON rsvp_analytics TO rsvp_worker;

INSERT INTO schema_version (version) VALUES (4);
