using System.Text.Json;
using Npgsql;
using Rsvp.Contracts;
using Rsvp.Hosting.Json;

namespace Rsvp.Api.Requests;

/// <summary>Finds outcomes in the database, and waits for them when asked to; a database that is away has none to show.</summary>
internal sealed partial class OutcomeLookup(NpgsqlDataSource database, OutcomeWaiters waiters, TimeProvider time, ILogger<OutcomeLookup> logger)
{
    // A look that takes longer is given up: not yet is an honest answer.
    private static readonly TimeSpan LookMax = TimeSpan.FromSeconds(2);

    // The outcome may have gone to another instance, so the database is looked at too: soon at first, then once a second.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>What was found, and whether the database could be asked.</summary>
    internal readonly record struct Found(CommandOutcome? Outcome, bool IsSure);

    internal async Task<Found> FindAsync(Guid requestId, Guid userId, TimeSpan longest, CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        using var waiter = longest > TimeSpan.Zero ? waiters.Add(requestId) : null;
        var pause = FirstPause;
        while (true)
        {
            var found = await LookAsync(requestId, userId, cancellationToken);
            var left = longest - time.GetElapsedTime(startedAt);
            if (found.Outcome is not null || waiter is null || left <= TimeSpan.Zero)
            {
                return found;
            }

            if (await waiter.WaitAsync(pause < left ? pause : left, time, cancellationToken) is { } outcome && outcome.UserId == userId)
            {
                return new Found(outcome, IsSure: true);
            }

            if (waiter.Task.IsCompleted)
            {
                // The service stops.
                return found;
            }

            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<Found> LookAsync(Guid requestId, Guid userId, CancellationToken cancellationToken)
    {
        try
        {
            // Bounded from outside: to cancel a command the library asks the server, and waits for as long as nothing comes back.
            var json = await ReadAsync(requestId, userId).WaitAsync(LookMax, cancellationToken);
            return new Found(json is null ? null : JsonSerializer.Deserialize(json, ContractJson.Default.CommandOutcome), IsSure: true);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            LogDatabaseAway(exception.Message);
            return default;
        }
    }

    private async Task<string?> ReadAsync(Guid requestId, Guid userId)
    {
        await using var command = database.CreateCommand("SELECT outcome::text FROM rsvp_requests WHERE request_id = $1 AND user_id = $2");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = requestId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = userId });
        return await command.ExecuteScalarAsync(CancellationToken.None) as string;
    }

    [LoggerMessage(3201, LogLevel.Debug, "Outcomes cannot be read: {Reason}")]
    private partial void LogDatabaseAway(string reason);
}
