-- The write path: users, activities, RSVPs, requests, the decision log, notifications, the outbox.

CREATE TABLE schema_version (
    version     integer PRIMARY KEY,
    applied_at  timestamptz NOT NULL DEFAULT now()
);

-- Stops everything after it in the same implicit transaction when a guard does not hold.
CREATE FUNCTION raise_unless(condition boolean, message text) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    IF condition IS NOT TRUE THEN
        RAISE EXCEPTION USING ERRCODE = 'RV001', MESSAGE = message;
    END IF;
END
$$;

CREATE TABLE users (
    user_id     uuid PRIMARY KEY,
    name        text,
    email       text,
    birth_year  integer,
    city        text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    deleted_at  timestamptz
);

CREATE TABLE activities (
    activity_id                uuid PRIMARY KEY,
    title                      text NOT NULL,
    starts_at                  timestamptz NOT NULL,
    ends_at                    timestamptz,
    capacity                   integer CHECK (capacity BETWEEN 0 AND 1000000),
    max_party_size             integer NOT NULL CHECK (max_party_size BETWEEN 1 AND 100),
    max_group_size             integer NOT NULL CHECK (max_group_size BETWEEN 1 AND 200),
    waitlist_enabled           boolean NOT NULL,
    waitlist_limit             integer CHECK (waitlist_limit >= 0),
    skip_limit                 integer CHECK (skip_limit BETWEEN 0 AND 1000),
    promotion_mode             text NOT NULL CHECK (promotion_mode IN ('auto', 'offer')),
    offer_minutes              double precision NOT NULL CHECK (offer_minutes > 0),
    promotion_cutoff_minutes   integer NOT NULL CHECK (promotion_cutoff_minutes >= 0),
    registration_opens_at      timestamptz,
    registration_closes_at     timestamptz,
    participants_visible       boolean NOT NULL,
    cancelled_at               timestamptz,

    -- Counters: people, but for waitlisted_places. The auditor recounts them.
    confirmed_participants     integer NOT NULL DEFAULT 0 CHECK (confirmed_participants >= 0),
    offered_participants       integer NOT NULL DEFAULT 0 CHECK (offered_participants >= 0),
    waitlisted_participants    integer NOT NULL DEFAULT 0 CHECK (waitlisted_participants >= 0),
    waitlisted_places          integer NOT NULL DEFAULT 0 CHECK (waitlisted_places >= 0),
    checked_in_participants    integer NOT NULL DEFAULT 0 CHECK (checked_in_participants >= 0),
    overridden_participants    integer NOT NULL DEFAULT 0 CHECK (overridden_participants >= 0),

    next_line_key              bigint NOT NULL,
    log_seq                    bigint NOT NULL,
    -- Since when seats are free that the policy gives to somebody in line; null when none are.
    vacant_since               timestamptz,
    version                    bigint NOT NULL,
    created_at                 timestamptz NOT NULL,
    updated_at                 timestamptz NOT NULL,

    CONSTRAINT activities_never_overbooked
        CHECK (confirmed_participants + offered_participants <= capacity + overridden_participants),
    CONSTRAINT activities_checked_in_are_confirmed
        CHECK (checked_in_participants <= confirmed_participants)
)
-- A hot row is rewritten once per batch: leave room for the new version on its page.
WITH (fillfactor = 50);

CREATE INDEX activities_by_start ON activities (starts_at, activity_id) WHERE cancelled_at IS NULL;
CREATE INDEX activities_vacant ON activities (vacant_since) WHERE vacant_since IS NOT NULL;

CREATE TABLE activity_hosts (
    activity_id  uuid NOT NULL REFERENCES activities,
    user_id      uuid NOT NULL REFERENCES users,
    added_at     timestamptz NOT NULL,
    PRIMARY KEY (activity_id, user_id)
);

CREATE TABLE rsvps (
    rsvp_id               uuid PRIMARY KEY,
    activity_id           uuid NOT NULL REFERENCES activities,
    user_id               uuid NOT NULL REFERENCES users,
    status                text NOT NULL CHECK (status IN ('confirmed', 'waitlisted', 'offered', 'cancelled')),
    guest_count           integer NOT NULL CHECK (guest_count BETWEEN 0 AND 99),
    total_spots           integer NOT NULL GENERATED ALWAYS AS (guest_count + 1) STORED,
    special_requirements  text,
    group_id              uuid,
    -- The place in line that the party stands in or stood in last: its own id, or the id of an all-or-nothing group.
    place_id              uuid NOT NULL,
    -- People in the whole place, its order in line, and the log seq since which it stands there; only while waitlisted.
    place_spots           integer CHECK (place_spots >= 1),
    line_key              bigint,
    line_seq              bigint,
    offer_expires_at      timestamptz,
    override_spots        integer NOT NULL DEFAULT 0 CHECK (override_spots >= 0),
    checked_in_at         timestamptz,
    checked_in_by         uuid,
    version               bigint NOT NULL,
    created_at            timestamptz NOT NULL,
    updated_at            timestamptz NOT NULL,

    CONSTRAINT rsvps_one_per_user UNIQUE (activity_id, user_id),
    CONSTRAINT rsvps_in_line CHECK ((status = 'waitlisted') = (line_key IS NOT NULL)
        AND (line_key IS NULL) = (place_spots IS NULL) AND (line_key IS NULL) = (line_seq IS NULL)),
    CONSTRAINT rsvps_offered_until CHECK ((status = 'offered') = (offer_expires_at IS NOT NULL)),
    CONSTRAINT rsvps_checked_in_is_confirmed CHECK (checked_in_at IS NULL OR status = 'confirmed'),
    CONSTRAINT rsvps_override_ends CHECK (override_spots = 0 OR status IN ('confirmed', 'offered')),
    CONSTRAINT rsvps_place CHECK (place_id = rsvp_id OR place_id = group_id)
)
WITH (fillfactor = 80);

-- The waitlist: order in line, and the next place of a size that fits.
CREATE INDEX rsvps_line ON rsvps (activity_id, line_key, place_id) WHERE status = 'waitlisted';
CREATE INDEX rsvps_line_by_size ON rsvps (activity_id, place_spots, line_key) WHERE status = 'waitlisted';
CREATE INDEX rsvps_by_group ON rsvps (group_id) WHERE group_id IS NOT NULL;

CREATE TABLE rsvp_requests (
    request_id    uuid PRIMARY KEY,
    key_id        uuid,
    user_id       uuid NOT NULL,
    -- No foreign key: unknown activities have outcomes too.
    activity_id   uuid NOT NULL,
    command       text NOT NULL,
    status        text NOT NULL CHECK (status IN ('completed', 'rejected')),
    code          text,
    -- The CommandOutcome as JSON.
    outcome       json NOT NULL,
    submitted_at  timestamptz NOT NULL,
    completed_at  timestamptz NOT NULL,
    CHECK ((status = 'rejected') = (code IS NOT NULL))
);

CREATE UNIQUE INDEX rsvp_requests_key ON rsvp_requests (key_id) WHERE key_id IS NOT NULL;

-- Attempts at commands that were delivered three times or more; gone with the outcome.
CREATE TABLE command_attempts (
    request_id  uuid PRIMARY KEY,
    attempts    integer NOT NULL,
    last_at     timestamptz NOT NULL
);

-- The decision log: one row per version of an RSVP, and one per refused submit.
CREATE TABLE rsvp_analytics (
    log_id           uuid PRIMARY KEY,
    -- No foreign key: the row is written under the activity's lock, and a check per row costs more than it finds.
    activity_id      uuid NOT NULL,
    seq              bigint NOT NULL,
    rsvp_id          uuid,
    user_id          uuid NOT NULL,
    request_id       uuid,
    action           text NOT NULL,
    previous_status  text,
    new_status       text,
    rsvp_version     bigint,
    -- People of the party after the step, and the change of seats taken (confirmed and offered) by it.
    spots            integer NOT NULL,
    spots_affected   integer NOT NULL,
    -- Seats free before the step; null when unlimited.
    free_before      integer,
    rule             text NOT NULL,
    code             text,
    actor            text NOT NULL CHECK (actor IN ('self', 'host', 'system')),
    actor_id         uuid,
    -- The place's order in line: what it left (promotions, cancels) or took (joins).
    line_key         bigint,
    place_id         uuid,
    reason           text,
    metadata         jsonb,
    at               timestamptz NOT NULL,
    CONSTRAINT rsvp_analytics_seq UNIQUE (activity_id, seq)
);

CREATE UNIQUE INDEX rsvp_analytics_by_rsvp ON rsvp_analytics (rsvp_id, rsvp_version) WHERE code IS NULL AND rsvp_id IS NOT NULL;
-- Who was let in by a pass: overtakes of a place are counted here.
CREATE INDEX rsvp_analytics_passes ON rsvp_analytics (activity_id, line_key, seq) WHERE rule = 'pass';

CREATE TABLE notifications (
    log_id       uuid PRIMARY KEY,
    user_id      uuid NOT NULL,
    activity_id  uuid NOT NULL,
    rsvp_id      uuid NOT NULL,
    kind         text NOT NULL,
    created_at   timestamptz NOT NULL
);

-- Committed and not yet confirmed by the broker.
CREATE TABLE outbox (
    outbox_id   uuid PRIMARY KEY,
    -- The message's type name in Rsvp.Contracts.
    kind        text NOT NULL,
    payload     json NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
)
WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

DO $$
DECLARE
    service text;
BEGIN
    FOREACH service IN ARRAY ARRAY['rsvp_api', 'rsvp_worker', 'rsvp_notifier'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = service) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', service);
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', service);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA public TO %I', service);
    END LOOP;
END
$$;

GRANT INSERT, UPDATE, DELETE ON activities, activity_hosts, rsvps, users, rsvp_requests, command_attempts, outbox TO rsvp_worker;
-- The log and the notifications are only ever added to.
GRANT INSERT ON rsvp_analytics, notifications TO rsvp_worker;
-- The API may keep profiles; it cannot write an activity or an RSVP.
GRANT INSERT, UPDATE ON users TO rsvp_api;

INSERT INTO schema_version (version) VALUES (1);
