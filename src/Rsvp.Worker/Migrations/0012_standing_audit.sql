-- The auditor inside the system: what it has looked at, and what it found.

CREATE TABLE audited_activities (
    activity_id  uuid PRIMARY KEY,
    -- As the activity was when it was looked at; it is looked at again when it is another.
    log_seq      bigint NOT NULL,
    version      bigint NOT NULL,
    audited_at   timestamptz NOT NULL,
    -- Not again before: what takes long is looked at seldom.
    rests_until  timestamptz NOT NULL
)
WITH (fillfactor = 70);

-- Violations that are there now; a row goes when the activity was looked at again and the violation is gone.
CREATE TABLE audit_violations (
    activity_id  uuid NOT NULL,
    -- I1 to I8.
    invariant    text NOT NULL,
    violations   bigint NOT NULL CHECK (violations > 0),
    -- The first of them, in words.
    found        text[] NOT NULL,
    found_at     timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL,
    PRIMARY KEY (activity_id, invariant)
);

GRANT SELECT ON audited_activities, audit_violations TO rsvp_worker;
GRANT INSERT, UPDATE ON audited_activities TO rsvp_worker;
GRANT INSERT, UPDATE, DELETE ON audit_violations TO rsvp_worker;

INSERT INTO schema_version (version) VALUES (12);
