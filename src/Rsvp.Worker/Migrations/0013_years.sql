-- Data for years: what is forgotten, and how large tables are kept in order. docs/operations.md has the figures.

-- Notifications are forgotten by age. Rows come in the order of this column, so a few bytes per thousand pages find the oldest.
CREATE INDEX notifications_by_age ON notifications USING brin (created_at) WITH (autosummarize = on);
GRANT DELETE ON notifications TO rsvp_worker;

-- The default begins after a fifth of a table has changed, which in a table of a hundred million rows is too late: dead rows are read by every walk
-- along a line, and rows that were only added have to be frozen all at once some day. A fiftieth is a minute's work.
ALTER TABLE rsvps SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE rsvp_requests SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
ALTER TABLE rsvp_analytics SET (autovacuum_vacuum_insert_scale_factor = 0.02);
ALTER TABLE notifications SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);

-- An index whose condition reads the counters made every batch of a hot activity write to all of the table's indexes, and leave what only vacuum removes:
-- of 2,418 updates in three rushes 3 stayed on their page without. The sweep for unfinished call-offs looks at those of a month instead.
DROP INDEX activities_ending;
CREATE INDEX activities_called_off ON activities (cancelled_at) WHERE cancelled_at IS NOT NULL;

-- Few rows that are written all the time: a hot activity leaves a dead version per batch. Most are removed by whoever reads the page next; the rest
-- is not left to grow with the number of activities.
ALTER TABLE activities SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
ALTER TABLE promotion_sagas SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);

INSERT INTO schema_version (version) VALUES (13);
