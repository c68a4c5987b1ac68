-- Dead letters: who did what with them, and how many there are.

-- Written before the action begins; an action that was interrupted has no end, and its message is where it was or was sent twice, which is harmless.
CREATE TABLE dead_letter_actions (
    action_id     uuid PRIMARY KEY,
    action        text NOT NULL CHECK (action IN ('replay', 'drop')),
    -- Who, as they or their system account say, and why.
    done_by       text NOT NULL CHECK (done_by <> ''),
    reason        text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    -- What: the message as the list showed it, and the requests in it. Its body is not kept.
    letter_id     text NOT NULL,
    message_type  text NOT NULL,
    origin        text NOT NULL,
    cause         text NOT NULL,
    died_at       timestamptz,
    body_bytes    integer NOT NULL,
    body_sha256   text NOT NULL,
    request_ids   uuid[] NOT NULL,
    started_at    timestamptz NOT NULL DEFAULT now(),
    finished_at   timestamptz
);

CREATE INDEX dead_letter_actions_by_letter ON dead_letter_actions (letter_id, started_at);

-- One row. A worker counts for all; whoever works on the dead letters locks it, because what they hold is not counted meanwhile.
CREATE TABLE dead_letter_watch (
    only_one    boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    messages    bigint NOT NULL,
    counted_at  timestamptz NOT NULL
);

INSERT INTO dead_letter_watch (messages, counted_at) VALUES (0, '-infinity');

GRANT SELECT ON dead_letter_watch TO rsvp_worker;
GRANT UPDATE (messages, counted_at) ON dead_letter_watch TO rsvp_worker;

INSERT INTO schema_version (version) VALUES (11);
