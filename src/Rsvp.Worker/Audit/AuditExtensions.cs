using Rsvp.Hosting.Database;

namespace Rsvp.Worker.Audit;

/// <summary>Adds what the standing audit needs; the scheduler runs it.</summary>
internal static class AuditExtensions
{
    public static void AddStandingAudit(this WebApplicationBuilder builder)
    {
        var connectionString = builder.PostgresConnectionString(connection =>
        {
            connection.MaxPoolSize = 1;
            connection.MaxAutoPrepare = 0; // Each plan is made for the activities that it is about.
            connection.ApplicationName = "rsvp-audit";
            connection.Options = "-c lock_timeout=2s -c idle_in_transaction_session_timeout=60s -c default_transaction_read_only=on";
        });
        builder.Services.AddKeyedSingleton(StandingAudit.Database, (_, _) => PostgresExtensions.CreatePlainDataSource(connectionString));
        builder.Services.AddSingleton<AuditLedger>();
        builder.Services.AddSingleton<StandingAuditMetrics>();
        builder.Services.AddHostedService(services => services.GetRequiredService<StandingAuditMetrics>());
    }
}
