using Microsoft.Extensions.Options;
using Npgsql;
using Rsvp.Hosting.Database;
using Rsvp.Notifier.Snapshots;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Changes;

/// <summary>Compares what is watched with the database now and then: a change whose message was lost, and that none followed, is found here.</summary>
internal sealed partial class Reconciler(
    ActivityLoops loops, SnapshotReader reader, SchemaGate schema, IOptions<PushOptions> options, TimeProvider timeProvider, ILogger<Reconciler> logger)
    : BackgroundService
{
    // Activities compared by one statement.
    private const int ChunkMax = 1_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.ReconcileInterval, timeProvider);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
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

    [LoggerMessage(5011, LogLevel.Warning, "Versions could not be compared: {Reason}")]
    private partial void LogFailed(string reason);
}
