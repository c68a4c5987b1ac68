using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Rsvp.Hosting.Database;

/// <summary>Degraded while the database does not answer: what was accepted waits, and what needs the database is refused.</summary>
/// <param name="dataSource">The service's database.</param>
internal sealed class DatabaseHealthCheck(NpgsqlDataSource dataSource) : IHealthCheck
{
    // Shorter than the patience of whoever asks.
    private static readonly TimeSpan AnswerAtMost = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Task _question = Task.CompletedTask;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Bounded from outside: to cancel a command the library asks the server, and waits for as long as nothing comes back.
            await Ask().WaitAsync(AnswerAtMost, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException)
        {
            return HealthCheckResult.Degraded("The database does not answer.");
        }
    }

    /// <summary>One question at a time: those that hang would take the pool's connections, probe after probe.</summary>
    private Task Ask()
    {
        lock (_lock)
        {
            return _question = _question.IsCompleted ? AskAsync() : _question;
        }
    }

    private async Task AskAsync()
    {
        await using var command = dataSource.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(CancellationToken.None);
    }
}
