-- Promotion: the saga's instances, and deadlines as rows.

CREATE TABLE promotion_sagas (
    -- The saga's correlation id.
    activity_id      uuid PRIMARY KEY,
    current_state    text NOT NULL,
    -- The highest activity version at which a vacancy was announced.
    vacancy_version  bigint NOT NULL,
    -- Numbers the passes asked for; the answer awaited carries the newest.
    pass_number      bigint NOT NULL
)
WITH (fillfactor = 70);

-- Written in the transaction that creates them, taken by the scheduled job when they are due by the database's clock.
CREATE TABLE deadlines (
    activity_id  uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('pass_answer')),
    due_at       timestamptz NOT NULL,
    PRIMARY KEY (activity_id, kind)
)
WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

CREATE INDEX deadlines_due ON deadlines (due_at);

GRANT SELECT ON promotion_sagas, deadlines TO rsvp_api, rsvp_worker, rsvp_notifier;
GRANT INSERT, UPDATE, DELETE ON promotion_sagas, deadlines TO rsvp_worker;

INSERT INTO schema_version (version) VALUES (2);
