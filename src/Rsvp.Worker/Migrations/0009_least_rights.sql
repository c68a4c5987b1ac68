-- Every role may do what its service does and nothing else; docs/security.md has the table, and a test compares it with the database.

-- Whoever checks: reads everything, writes nothing. Scripts that set up a server make it, because the owner of a database may not make roles.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rsvp_auditor') THEN
        CREATE ROLE rsvp_auditor NOLOGIN;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN RAISE NOTICE 'there is no role rsvp_auditor; make it, and grant it SELECT';
END
$$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rsvp_auditor') THEN
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO rsvp_auditor', current_database());
        GRANT USAGE ON SCHEMA public TO rsvp_auditor;
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO rsvp_auditor;
        -- Secrets sign; nothing about them can be checked from outside.
        REVOKE SELECT ON webhooks FROM rsvp_auditor;
        GRANT SELECT (webhook_id, user_id, url, created_at, failures, failing_since, disabled_at, disabled_reason) ON webhooks TO rsvp_auditor;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO rsvp_auditor;
    END IF;
END
$$;

-- Nobody has a right by merely being able to connect, not even to connect.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO rsvp_api, rsvp_worker, rsvp_notifier', current_database());
    -- Names mean what they mean in this schema, whoever asks.
    EXECUTE format('ALTER DATABASE %I SET search_path = public', current_database());
END
$$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT EXECUTE ON FUNCTION raise_unless(boolean, text) TO rsvp_worker;
GRANT EXECUTE ON FUNCTION analytics_fold(uuid, jsonb, bigint), analytics_of_attending(uuid) TO rsvp_api, rsvp_worker;
GRANT EXECUTE ON FUNCTION analytics_roll(uuid, bigint), analytics_take_attending(uuid) TO rsvp_worker;

-- Activities, RSVPs and people are ended, not removed.
REVOKE DELETE ON activities, rsvps, users FROM rsvp_worker;

-- The API keeps profiles; that somebody was deleted is not its to take back.
REVOKE INSERT, UPDATE ON users FROM rsvp_api;
GRANT INSERT (user_id, name, email, birth_year, city), UPDATE (name, email, birth_year, city) ON users TO rsvp_api;

-- What a service does not read, it cannot leak.
REVOKE SELECT ON command_attempts, notifications, outbox, promotion_sagas, deadlines, rsvp_groups FROM rsvp_api;
REVOKE SELECT ON command_attempts, notifications, outbox, promotion_sagas, deadlines, rsvp_groups, rsvp_requests, rsvp_analytics FROM rsvp_notifier;

INSERT INTO schema_version (version) VALUES (9);
