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
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(AnswerAtMost);
        try
        {
            await using var command = dataSource.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(bound.Token);
            return HealthCheckResult.Healthy();
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return HealthCheckResult.Degraded("The database does not answer.");
        }
    }
}
