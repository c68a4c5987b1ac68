-- Hosts: moves in line, calling off.

-- Whether the place stands elsewhere than where it joined: then others who joined later may stand ahead of it.
ALTER TABLE rsvps ADD COLUMN line_moved boolean NOT NULL DEFAULT false;
ALTER TABLE rsvps ADD CONSTRAINT rsvps_moved_in_line CHECK (NOT line_moved OR status = 'waitlisted');
CREATE INDEX rsvps_moved ON rsvps (activity_id, line_key) WHERE line_moved;

-- A reminder or a move is a row of the log that leaves the RSVP at its version.
DROP INDEX rsvp_analytics_by_rsvp;
CREATE UNIQUE INDEX rsvp_analytics_by_rsvp ON rsvp_analytics (rsvp_id, rsvp_version)
    WHERE code IS NULL AND rsvp_id IS NOT NULL AND action NOT IN ('reminded', 'moved', 'respaced');
DROP INDEX rsvp_analytics_asides;
CREATE INDEX rsvp_analytics_asides ON rsvp_analytics (rsvp_id)
    WHERE rsvp_id IS NOT NULL AND (code IS NOT NULL OR action IN ('reminded', 'moved', 'respaced'));

-- Activities that were called off and have RSVPs left to end.
CREATE INDEX activities_ending ON activities (cancelled_at)
    WHERE cancelled_at IS NOT NULL AND confirmed_participants + offered_participants + waitlisted_participants > 0;

INSERT INTO schema_version (version) VALUES (6);
