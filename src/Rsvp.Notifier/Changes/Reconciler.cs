using Microsoft.Extensions.Options;
using Npgsql;
using Rsvp.Hosting.Database;
using Rsvp.Hosting.Problems;
using Rsvp.Notifier.Access;
using Rsvp.Notifier.Snapshots;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Changes;

/// <summary>Compares who watches and what is watched with the database now and then: no message tells of a deleted user, and one that was lost, and that none followed, is found here.</summary>
internal sealed partial class Reconciler(
    ActivityLoops loops, UserConnections connections, SnapshotReader reader, SchemaGate schema, IOptions<PushOptions> options, TimeProvider timeProvider,
    ILogger<Reconciler> logger)
    : BackgroundService
{
    // Users or activities compared by one statement.
    private const int ChunkMax = 1_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.ReconcileInterval, timeProvider);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (var chunk in connections.Users().Chunk(ChunkMax))
                {
                    await EndDeletedAsync(chunk, stoppingToken);
                }

                foreach (var chunk in loops.All().Chunk(ChunkMax))
                {
                    await CompareAsync(chunk, stoppingToken);
                }
            }
            catch (NpgsqlException error)
            {
                LogFailed(error.Message);
            }
        }
    }

    private async Task EndDeletedAsync(Guid[] userIds, CancellationToken cancellationToken)
    {
        foreach (var userId in await reader.ReadDeletedAsync(userIds, cancellationToken))
        {
            connections.End(userId, ProblemCodes.UserDeleted);
        }
    }

    private async Task CompareAsync(ActivityLoop[] watched, CancellationToken cancellationToken)
    {
        var versions = await reader.ReadVersionsAsync([.. watched.Select(loop => loop.ActivityId)], cancellationToken);
        foreach (var loop in watched)
        {
            if (versions.TryGetValue(loop.ActivityId, out var version))
            {
                await loop.PostAsync(new Mail.Resync(version), cancellationToken);
            }
        }
    }

    [LoggerMessage(5011, LogLevel.Warning, "Who watches and what is watched could not be compared with the database: {Reason}")]
    private partial void LogFailed(string reason);
}
