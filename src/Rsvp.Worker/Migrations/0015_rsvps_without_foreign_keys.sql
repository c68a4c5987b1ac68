-- Whoever adds an RSVP holds its activity's row and has just made sure of its user's, and neither is ever removed: two checks for each row found nothing, and
-- the second locked, and so wrote, the user's row once more. The audit looks for RSVPs of nobody and of nothing (I3).
ALTER TABLE rsvps DROP CONSTRAINT rsvps_activity_id_fkey, DROP CONSTRAINT rsvps_user_id_fkey;

INSERT INTO schema_version (version) VALUES (15);
