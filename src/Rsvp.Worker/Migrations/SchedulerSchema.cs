using DbUp.Engine;
using Quartz;

namespace Rsvp.Worker.Migrations;

/// <summary>The tables of the scheduler, as the library itself describes them.</summary>
internal static class SchedulerSchema
{
    /// <summary>What the scheduler's table names begin with.</summary>
    public const string TablePrefix = "qrtz_";

    private const string Resource = "Quartz.Impl.AdoJobStore.Schema.create_postgres.sql";

    private const string Grants =
        """
        DO $$
        DECLARE
            scheduler_table text;
        BEGIN
            FOR scheduler_table IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'qrtz\_%' LOOP
                EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO rsvp_worker', scheduler_table);
            END LOOP;
        END
        $$;
        INSERT INTO schema_version (version) VALUES (3);
        """;

    /// <summary>A numbered script like the others.</summary>
    public static SqlScript Load()
    {
        using var reader = new StreamReader(
            typeof(IJob).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException("This version of the scheduler keeps its schema elsewhere."));
        var tables = reader.ReadToEnd()
            .Replace("{0}", TablePrefix, StringComparison.Ordinal)
            .Replace("{1}", TablePrefix, StringComparison.Ordinal);
        return new SqlScript("0003_scheduler.sql", tables + Environment.NewLine + ";" + Environment.NewLine + Grants);
    }
}
