-- When the partitions were last asked to end a deleted user's RSVPs: while one of them is behind, what waits for it is not asked again every second.
ALTER TABLE users ADD COLUMN IF NOT EXISTS erasure_asked_at timestamptz;

INSERT INTO schema_version (version) VALUES (17);
