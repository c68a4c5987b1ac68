using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Rsvp.Hosting.Database;

/// <summary>Degraded while the database does not answer: what was accepted waits, and what needs the database is refused.</summary>
/// <param name="dataSource">The service's database.</param>
internal sealed class DatabaseHealthCheck(NpgsqlDataSource dataSource) : IHealthCheck
{
    // Shorter than the patience of whoever asks.
    private static readonly TimeSpan AnswerAtMost = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Bounded from outside: to cancel a command the library asks the server, and waits for as long as nothing comes back.
            await AskAsync().WaitAsync(AnswerAtMost, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException)
        {
            return HealthCheckResult.Degraded("The database does not answer.");
        }
    }

    private async Task AskAsync()
    {
        await using var command = dataSource.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(CancellationToken.None);
    }
}
