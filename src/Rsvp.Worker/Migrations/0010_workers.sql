-- Workers that live, and where each stands in line for the partitions. It helps them to share the partitions evenly; nothing correct depends on it.

CREATE TABLE workers (
    worker_id   uuid PRIMARY KEY,
    name        text NOT NULL,
    host        text NOT NULL,
    -- Version of the partition topology that it was started with.
    topology    integer NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT now(),
    -- One that was silent for some seconds is taken for dead.
    last_seen   timestamptz NOT NULL DEFAULT now()
)
-- Rewritten every second.
WITH (fillfactor = 50);

CREATE TABLE worker_partitions (
    worker_id      uuid NOT NULL REFERENCES workers ON DELETE CASCADE,
    partition      integer NOT NULL CHECK (partition >= 0),
    -- Counts the worker's subscriptions to this partition: a new one stands at the end of the broker's line.
    subscription   integer NOT NULL,
    subscribed_at  timestamptz NOT NULL,
    -- The first delivery of this subscription: from then on the broker has it active. Null while it stands by, or has not heard yet.
    active_since   timestamptz,
    -- How old the oldest command of the last batch was when it was decided, and when that was.
    lag            interval,
    decided_at     timestamptz,
    PRIMARY KEY (worker_id, partition)
)
WITH (fillfactor = 50);

-- How many partitions each version of the topology has. Two services that count differently would send one activity's commands to two queues.
CREATE TABLE partition_topologies (
    version          integer PRIMARY KEY,
    partition_count  integer NOT NULL CHECK (partition_count > 0),
    since            timestamptz NOT NULL DEFAULT now()
);

GRANT SELECT, INSERT, UPDATE, DELETE ON workers, worker_partitions TO rsvp_worker;
GRANT SELECT, INSERT ON partition_topologies TO rsvp_worker;

INSERT INTO schema_version (version) VALUES (10);
