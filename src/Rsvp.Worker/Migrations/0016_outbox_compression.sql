-- A batch's events are some hundred kilobytes that live for milliseconds: to compress them with the default, pglz, was 9 % of the processor time of the backend that
-- served a rush (docs/benchmarks.md, "What helped"). A server that was built without LZ4 keeps the default.
DO $$
BEGIN
    ALTER TABLE outbox ALTER COLUMN payload SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    RAISE NOTICE 'this server was built without LZ4; outbox.payload stays with pglz';
END
$$;

INSERT INTO schema_version (version) VALUES (16);
