-- Lists for hosts, views of activities, and statistics that are counted forward from the decision log.

-- Who is coming, in the order of asking.
CREATE INDEX rsvps_confirmed ON rsvps (activity_id, created_at, rsvp_id) WHERE status = 'confirmed';

-- Passes that let somebody in past others, or may have: few, and all that "overtaken by" has to look at.
CREATE INDEX rsvp_analytics_overtakers ON rsvp_analytics (activity_id, seq)
    WHERE rule = 'pass' AND coalesce((metadata ->> 'overtook')::int, 1) > 0;

-- Best effort: the API counts in memory and writes every few seconds.
CREATE TABLE activity_views (
    -- No foreign key: the API has just read the activity, and a lock on its row would be for nothing.
    activity_id  uuid NOT NULL,
    -- A UTC day.
    day          date NOT NULL,
    user_id      uuid NOT NULL,
    PRIMARY KEY (activity_id, day, user_id)
);

-- How far the log of an activity has been counted, and what the next row has to know of the rows before it.
CREATE TABLE analytics_rollups (
    activity_id  uuid PRIMARY KEY,
    seq          bigint NOT NULL DEFAULT 0,
    -- { seq, at, startsAt, waiting, openings: [[seats, at], ...] }, see analytics_fold; null before the first row.
    state        jsonb,
    -- When the figures about those who attend were taken; null when they are small enough to be counted afresh.
    attending_at timestamptz
)
WITH (fillfactor = 70);

-- Sums of the rows counted so far. The log is only ever added to, so they never have to be corrected.
CREATE TABLE analytics_counts (
    activity_id  uuid NOT NULL,
    figure       text COLLATE "C" NOT NULL,
    bucket       text COLLATE "C" NOT NULL,
    people       bigint NOT NULL,
    parties      bigint NOT NULL,
    PRIMARY KEY (activity_id, figure, bucket)
)
WITH (fillfactor = 70);

-- The figures about those who attend, of activities where they are too many to be counted for every question.
CREATE TABLE analytics_attending (
    activity_id  uuid NOT NULL,
    figure       text COLLATE "C" NOT NULL,
    bucket       text COLLATE "C" NOT NULL,
    people       bigint NOT NULL,
    parties      bigint NOT NULL,
    PRIMARY KEY (activity_id, figure, bucket)
);

-- Counts the rows of an activity's log that come after a state, up to a row that ends a transaction (or any row when there is no better one).
--
-- "Usable" seats are those that are free while somebody waits: the smaller of the seats free and the people in line. When they become more, openings
-- come to be; when they become fewer, the oldest openings end: filled by a promotion, or withdrawn because people left the line or the capacity
-- was lowered. A promoted place waited for the newest of the openings that it fills, but not longer than it stood in line as it was.
CREATE FUNCTION analytics_fold(p_activity uuid, p_state jsonb, p_to bigint)
    RETURNS TABLE (figure text, bucket text, people bigint, parties bigint)
    LANGUAGE plpgsql STABLE
    SET timezone = 'UTC'
    SET plan_cache_mode = force_custom_plan
    SET jit = off
    -- Versions before are looked up one by one: a hash join would read the whole log. A step of 50,000 rows is sorted in memory.
    SET enable_hashjoin = off
    SET enable_mergejoin = off
    SET work_mem = '32MB'
AS
$$
DECLARE
    -- Stands for unlimited: more than any capacity, and small enough for sums.
    endless    CONSTANT bigint := 1000000000;
    from_seq   CONSTANT bigint := coalesce((p_state ->> 'seq')::bigint, 0);
    from_at    CONSTANT timestamptz := (p_state ->> 'at')::timestamptz;
    from_wait  CONSTANT bigint := coalesce((p_state ->> 'waiting')::bigint, 0);
    from_start CONSTANT timestamptz := (p_state ->> 'startsAt')::timestamptz;
    last_free  bigint;
BEGIN
    IF p_to IS NULL OR p_to <= from_seq THEN
        RETURN QUERY SELECT 'state'::text, p_state::text, 0::bigint, 0::bigint WHERE p_state IS NOT NULL;
        RETURN;
    END IF;

    -- Seats free after the last row: those before the next one, or those of now.
    SELECT coalesce(l.free_before, endless) INTO last_free FROM rsvp_analytics l WHERE l.activity_id = p_activity AND l.seq = p_to + 1;
    IF NOT FOUND THEN
        SELECT CASE WHEN a.capacity IS NULL THEN endless ELSE greatest(0, a.capacity - a.confirmed_participants - a.offered_participants) END INTO last_free
        FROM   activities a
        WHERE  a.activity_id = p_activity;
    END IF;

    RETURN QUERY
    WITH log AS MATERIALIZED (
        SELECT l.seq, l.at, l.action, l.rule, l.code, l.rsvp_id, l.rsvp_version, l.place_id, l.line_key, l.previous_status AS was, l.new_status AS is_now,
               l.spots, l.spots_affected, coalesce(l.free_before, endless) AS free, l.action IN ('reminded', 'moved', 'respaced') AS is_aside,
               CASE WHEN l.action IN ('created', 'settings_changed') THEN (l.metadata ->> 'startsAt')::timestamptz END AS starts_at
        FROM   rsvp_analytics l
        WHERE  l.activity_id = p_activity AND l.seq > from_seq AND l.seq <= p_to
    ), starts AS (
        SELECT log.seq, log.starts_at FROM log WHERE log.starts_at IS NOT NULL
        UNION  ALL
        SELECT from_seq, from_start
    ), known AS (
        -- The party's version before, for those whose time or size in line counts.
        SELECT log.*, prior.at AS prior_at, prior.spots AS prior_spots
        FROM   log
        LEFT   JOIN LATERAL (
            SELECT p.at, p.spots
            FROM   rsvp_analytics p
            WHERE  p.rsvp_id = log.rsvp_id AND p.rsvp_version = log.rsvp_version - 1
              AND  p.code IS NULL AND p.rsvp_id IS NOT NULL AND p.action NOT IN ('reminded', 'moved', 'respaced')
        ) AS prior ON log.was = 'waitlisted' AND log.is_now <> 'cancelled' AND log.code IS NULL AND NOT log.is_aside
    ), kinds AS (
        SELECT known.*,
               CASE WHEN known.action = 'refused' THEN 'refused'
                    WHEN known.code IS NOT NULL OR known.is_aside OR known.is_now IS NULL THEN NULL
                    WHEN coalesce(known.was, 'cancelled') = 'cancelled' THEN CASE known.is_now WHEN 'confirmed' THEN 'confirmed' WHEN 'waitlisted' THEN 'waitlisted' END
                    WHEN known.was = 'waitlisted' AND known.is_now = 'confirmed' THEN 'promoted'
                    WHEN known.was = 'waitlisted' AND known.is_now = 'offered' THEN 'offered'
                    WHEN known.was = 'offered' AND known.is_now = 'confirmed' THEN 'accepted'
                    WHEN known.is_now = 'cancelled' THEN CASE known.action WHEN 'declined' THEN 'declined' WHEN 'offer_expired' THEN 'expired' WHEN 'released' THEN 'released' ELSE 'cancelled' END
               END AS kind,
               CASE WHEN known.code IS NOT NULL OR known.is_aside THEN 0
                    ELSE CASE WHEN known.is_now = 'waitlisted' THEN known.spots ELSE 0 END
                       - CASE WHEN known.was = 'waitlisted' THEN CASE WHEN known.is_now = 'waitlisted' THEN coalesce(known.prior_spots, known.spots) ELSE known.spots END ELSE 0 END
               END AS joined
        FROM   known
    ), walked AS (
        SELECT kinds.*,
               coalesce(lead(kinds.free) OVER step, last_free) AS free_after,
               from_wait + sum(kinds.joined) OVER (ORDER BY kinds.seq ROWS UNBOUNDED PRECEDING) AS waiting,
               coalesce(lag(kinds.at) OVER step, from_at) AS prev_at
        FROM   kinds
        WINDOW step AS (ORDER BY kinds.seq)
    ), seats AS (
        SELECT walked.*, least(walked.free, walked.waiting - walked.joined)::bigint AS usable_before, least(walked.free_after, walked.waiting)::bigint AS usable
        FROM   walked
    ), steps AS MATERIALIZED (
        SELECT seats.*, date_bin('1 hour', seats.at, '2000-01-01T00:00Z') AS hour,
               sum(greatest(seats.usable_before - seats.usable, 0)) OVER (ORDER BY seats.seq ROWS UNBOUNDED PRECEDING) AS ended
        FROM   seats
    ), carried AS (
        SELECT (entry ->> 0)::bigint AS seats, (entry ->> 1)::timestamptz AS at, sum((entry ->> 0)::bigint) OVER (ORDER BY place) AS number
        FROM   jsonb_array_elements(coalesce(p_state -> 'openings', '[]')) WITH ORDINALITY AS carry (entry, place)
    ), openings AS MATERIALIZED (
        SELECT carried.seats, carried.at, carried.number FROM carried
        UNION  ALL
        SELECT usable - usable_before, steps.at,
               (SELECT coalesce(max(carried.number), 0) FROM carried) + sum(usable - usable_before) OVER (ORDER BY steps.seq ROWS UNBOUNDED PRECEDING)
        FROM   steps
        WHERE  usable > usable_before
    ), admitted AS (
        -- Members of a group are let in together, by the last of their seats.
        SELECT steps.seq, steps.at, steps.spots,
               max(steps.prior_at) OVER place AS stood_since,
               max(steps.ended) OVER place AS number,
               sum(greatest(steps.usable_before - steps.usable, 0)) OVER place AS filled
        FROM   steps
        WHERE  steps.kind IN ('promoted', 'offered')
        WINDOW place AS (PARTITION BY steps.place_id, steps.line_key, steps.at)
    ), matched AS (
        SELECT m.seq, m.at, m.spots, m.stood_since,
               min(m.at) FILTER (WHERE m.seq IS NULL) OVER (ORDER BY m.number DESC, m.seq NULLS FIRST ROWS UNBOUNDED PRECEDING) AS opened_at
        FROM  (SELECT openings.number, NULL::bigint AS seq, openings.at, 0 AS spots, NULL::timestamptz AS stood_since FROM openings
               UNION  ALL
               SELECT admitted.number, admitted.seq, admitted.at, admitted.spots, admitted.stood_since FROM admitted WHERE admitted.filled > 0) AS m
    ), waits AS (
        SELECT 'promotion_ms' AS figure, matched.spots, extract(epoch FROM matched.at - greatest(matched.opened_at, matched.stood_since)) * 1000 AS ms
        FROM   matched
        WHERE  matched.seq IS NOT NULL AND matched.opened_at IS NOT NULL
        UNION  ALL
        SELECT 'acceptance_ms', steps.spots, extract(epoch FROM steps.at - offer.at) * 1000
        FROM   steps
        CROSS  JOIN LATERAL (
            SELECT o.at
            FROM   rsvp_analytics o
            WHERE  o.rsvp_id = steps.rsvp_id AND o.rsvp_version < steps.rsvp_version
              AND  o.code IS NULL AND o.rsvp_id IS NOT NULL AND o.action NOT IN ('reminded', 'moved', 'respaced') AND o.action = 'offered'
            ORDER  BY o.rsvp_version DESC
            LIMIT  1
        ) AS offer
        WHERE  steps.kind = 'accepted'
    ), counted AS (
        SELECT 'hour_' || steps.kind AS figure, extract(epoch FROM steps.hour)::bigint::text AS bucket, sum(steps.spots) AS people, count(*) AS parties
        FROM   steps
        WHERE  steps.kind IS NOT NULL
        GROUP  BY steps.kind, steps.hour
        UNION  ALL
        SELECT 'refused', steps.code, sum(steps.spots), count(*) FROM steps WHERE steps.kind = 'refused' GROUP BY steps.code
        UNION  ALL
        SELECT 'size_' || steps.kind, steps.spots::text, sum(steps.spots), count(*)
        FROM   steps
        WHERE  steps.kind IN ('confirmed', 'waitlisted', 'refused')
        GROUP  BY steps.kind, steps.spots
        UNION  ALL
        -- Those who wanted to come and went away without a seat; who still waits is added when the activity is over.
        SELECT 'size_lost', steps.spots::text, sum(steps.spots), count(*)
        FROM   steps
        WHERE  (steps.kind = 'refused' AND steps.code IN ('activity_full', 'waitlist_full', 'party_too_large'))
           OR  (steps.kind = 'cancelled' AND steps.was = 'waitlisted' AND steps.action <> 'called_off')
        GROUP  BY steps.spots
        UNION  ALL
        SELECT 'size_waiting', line.size::text, sum(line.change * line.size), sum(line.change)
        FROM  (SELECT steps.spots AS size, CASE WHEN steps.is_now = 'waitlisted' THEN 1 ELSE 0 END - CASE WHEN steps.was = 'waitlisted' AND steps.is_now <> 'waitlisted' THEN 1 ELSE 0 END AS change
               FROM   steps
               WHERE  steps.code IS NULL AND NOT steps.is_aside AND 'waitlisted' IN (steps.was, steps.is_now)
               UNION  ALL
               SELECT coalesce(steps.prior_spots, steps.spots), -1
               FROM   steps
               WHERE  steps.code IS NULL AND NOT steps.is_aside AND steps.was = 'waitlisted' AND steps.is_now = 'waitlisted') AS line
        GROUP  BY line.size
        UNION  ALL
        SELECT 'walk_in', '', sum(steps.spots), count(*) FROM steps WHERE steps.kind = 'confirmed' AND steps.rule = 'walk_in'
        UNION  ALL
        SELECT 'released', extract(epoch FROM date_bin('1 hour', r.created_at, '2000-01-01T00:00Z'))::bigint::text, sum(steps.spots), count(*)
        FROM   steps
        JOIN   rsvps r ON r.rsvp_id = steps.rsvp_id
        WHERE  steps.kind = 'released'
        GROUP  BY 2
        UNION  ALL
        SELECT waits.figure, (CASE WHEN waits.ms < 60000 THEN round(waits.ms) ELSE round(waits.ms / 1000) * 1000 END)::bigint::text, sum(waits.spots), count(*)
        FROM   waits
        GROUP  BY waits.figure, 2
        UNION  ALL
        SELECT 'openings', '', sum(usable - usable_before), count(*) FROM steps WHERE usable > usable_before
        UNION  ALL
        SELECT 'filled', '', sum(usable_before - usable), count(*) FROM steps WHERE usable < usable_before AND steps.kind IN ('promoted', 'offered')
        UNION  ALL
        -- Milliseconds times seats, up to the start.
        SELECT 'empty_ms', '', round(sum(usable_before * 1000 * greatest(0, extract(epoch FROM least(steps.at, start.at) - steps.prev_at)))), count(*)
        FROM   steps
        CROSS  JOIN LATERAL (SELECT starts.starts_at AS at FROM starts WHERE starts.seq < steps.seq ORDER BY starts.seq DESC LIMIT 1) AS start
        WHERE  usable_before > 0
    )
    SELECT counted.figure, counted.bucket, counted.people::bigint, counted.parties::bigint FROM counted WHERE counted.parties > 0 OR counted.people <> 0
    UNION  ALL
    SELECT 'state',
           jsonb_build_object(
               'seq', p_to,
               'at', last.at,
               'startsAt', (SELECT starts.starts_at FROM starts ORDER BY starts.seq DESC LIMIT 1),
               'waiting', last.waiting,
               'openings', coalesce((
                   SELECT jsonb_agg(jsonb_build_array(least(openings.seats, openings.number - last.ended), openings.at) ORDER BY openings.number)
                   FROM   openings
                   WHERE  openings.number > last.ended), '[]'))::text,
           0, 0
    FROM  (SELECT steps.at, steps.waiting, steps.ended FROM steps ORDER BY steps.seq DESC LIMIT 1) AS last;
END
$$;

-- The figures about those who are confirmed now: they change with profiles and other activities, so they are no sums over the log.
CREATE FUNCTION analytics_of_attending(p_activity uuid)
    RETURNS TABLE (figure text, bucket text, people bigint, parties bigint)
    LANGUAGE sql STABLE
    SET jit = off
AS
$$
    WITH attending AS MATERIALIZED (
        SELECT r.user_id, r.total_spots, r.checked_in_at IS NOT NULL AS is_here, u.city, extract(year FROM a.starts_at)::int - u.birth_year AS age,
               extract(epoch FROM date_bin('1 hour', r.created_at, '2000-01-01T00:00Z'))::bigint::text AS asked,
               EXISTS (
                   SELECT
                   FROM   rsvps o
                   JOIN   activities before ON before.activity_id = o.activity_id
                   WHERE  o.user_id = r.user_id AND o.status = 'confirmed' AND before.starts_at < a.starts_at AND before.starts_at <= now()) AS is_returning
        FROM   activities a
        JOIN   rsvps r ON r.activity_id = a.activity_id AND r.status = 'confirmed'
        JOIN   users u ON u.user_id = r.user_id
        WHERE  a.activity_id = p_activity
    )
    SELECT 'age',
           CASE WHEN age IS NULL OR age < 0 THEN 'unknown' WHEN age < 18 THEN 'under 18' WHEN age < 25 THEN '18-24' WHEN age < 35 THEN '25-34' WHEN age < 45 THEN '35-44'
                WHEN age < 55 THEN '45-54' WHEN age < 65 THEN '55-64' ELSE '65 and over' END,
           count(*), count(*)
    FROM   attending
    GROUP  BY 2
    UNION  ALL
    -- However it is written; one spelling stands for all.
    SELECT 'city', coalesce(min(btrim(city) COLLATE "C"), 'unknown'), count(*), count(*) FROM attending GROUP BY lower(btrim(city))
    UNION  ALL
    SELECT 'returning', '', count(*), count(*) FROM attending WHERE is_returning
    UNION  ALL
    SELECT 'attending', '', count(*), count(*) FROM attending
    UNION  ALL
    SELECT 'asked_attending', asked, sum(total_spots), count(*) FROM attending GROUP BY asked
    UNION  ALL
    SELECT 'asked_here', asked, sum(total_spots), count(*) FROM attending WHERE is_here GROUP BY asked
$$;

-- Counts an activity's log forward by about so many rows, ending where a transaction ended. Returns the rows that are left.
CREATE FUNCTION analytics_roll(p_activity uuid, p_rows bigint) RETURNS bigint
    LANGUAGE plpgsql
AS
$$
DECLARE
    rolled  analytics_rollups;
    head    bigint;
    upto    bigint;
    next_at timestamptz;
BEGIN
    INSERT INTO analytics_rollups (activity_id) VALUES (p_activity) ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT rolled FROM analytics_rollups WHERE activity_id = p_activity FOR UPDATE;
    SELECT log_seq INTO head FROM activities WHERE activity_id = p_activity;
    upto := head;
    IF head - rolled.seq > p_rows THEN
        -- The rows of a transaction have one time.
        SELECT at INTO next_at FROM rsvp_analytics WHERE activity_id = p_activity AND seq = rolled.seq + p_rows + 1;
        SELECT seq INTO upto
        FROM   rsvp_analytics
        WHERE  activity_id = p_activity AND seq > rolled.seq AND seq <= rolled.seq + p_rows AND at < next_at
        ORDER  BY seq DESC
        LIMIT  1;
        upto := coalesce(upto, rolled.seq + p_rows);
    END IF;

    IF upto > rolled.seq THEN
        WITH folded AS MATERIALIZED (
            SELECT * FROM analytics_fold(p_activity, rolled.state, upto)
        ), added AS (
            INSERT INTO analytics_counts AS c (activity_id, figure, bucket, people, parties)
            SELECT p_activity, figure, bucket, people, parties FROM folded WHERE figure <> 'state'
            ON     CONFLICT (activity_id, figure, bucket) DO UPDATE SET people = c.people + excluded.people, parties = c.parties + excluded.parties
        )
        UPDATE analytics_rollups SET seq = upto, state = (SELECT bucket::jsonb FROM folded WHERE figure = 'state') WHERE activity_id = p_activity;
    END IF;

    RETURN head - upto;
END
$$;

-- Takes the figures about those who attend, for activities in which they are many.
CREATE FUNCTION analytics_take_attending(p_activity uuid) RETURNS void
    LANGUAGE plpgsql
AS
$$
BEGIN
    UPDATE analytics_rollups SET attending_at = now() WHERE activity_id = p_activity;
    DELETE FROM analytics_attending WHERE activity_id = p_activity;
    INSERT INTO analytics_attending SELECT p_activity, * FROM analytics_of_attending(p_activity);
END
$$;

GRANT SELECT ON activity_views, analytics_rollups, analytics_counts, analytics_attending TO rsvp_api, rsvp_worker;
GRANT INSERT ON activity_views TO rsvp_api;
GRANT INSERT, UPDATE, DELETE ON analytics_rollups, analytics_counts, analytics_attending TO rsvp_worker;

INSERT INTO schema_version (version) VALUES (7);
