using System.Globalization;
using Npgsql;
using Rsvp.Bench.Comparison;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;
using Rsvp.Cli.Instances;

namespace Rsvp.Bench.Network;

/// <summary>The comparison where the database is further away than on a loopback, and where its disk takes longer to keep a commit.</summary>
internal sealed class SlowerPaths(BenchOptions options, BenchResults results)
{
    // A round trip within a zone of a cloud, and between two zones. Nothing: what the proxy itself costs.
    private static readonly TimeSpan[] RoundTrips = [TimeSpan.Zero, TimeSpan.FromMilliseconds(0.5), TimeSpan.FromMilliseconds(2)];

    // What network disks take to keep a write.
    private static readonly TimeSpan[] Commits = [TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(5)];

    // The others are of one activity and many connections: a whole comparison takes a quarter of an hour.
    private static readonly TimeSpan Whole = TimeSpan.FromMilliseconds(2);

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (TimeSpan roundTrip in RoundTrips)
        {
            await using BenchSystem system = await BenchSystem.StartAsync(new Dictionary<string, string>(), new ServiceCounts(), roundTrip, cancellationToken);
            await CompareAsync(system, string.Create(CultureInfo.InvariantCulture, $"round trips +{roundTrip.TotalMilliseconds} ms"), roundTrip == Whole, cancellationToken);
        }

        await using BenchSystem direct = await BenchSystem.StartAsync(new Dictionary<string, string>(), new ServiceCounts(), null, cancellationToken);
        foreach (TimeSpan commit in Commits)
        {
            await SlowCommitsAsync(direct.Instance, commit, cancellationToken);
            await CompareAsync(direct, string.Create(CultureInfo.InvariantCulture, $"commits +{commit.TotalMilliseconds} ms"), commit == Whole, cancellationToken);
        }
    }

    private async Task CompareAsync(BenchSystem system, string condition, bool isWhole, CancellationToken cancellationToken)
    {
        Console.WriteLine($"  {condition}");
        var rounds = new RoundRunner(system);
        if (system.Rivals.Count == 0) await system.StartRivalsAsync(cancellationToken);
        foreach (Contender contender in system.Contenders) await WarmUp.RunAsync(system, rounds, contender, WarmUp.RoundCountOf(isQuick: true), cancellationToken);
        await new ClosedLoop(system, rounds, options, results).CompareUnderAsync(condition, isWhole, cancellationToken);
    }

    /// <summary>Each flush of the log sleeps before it writes.</summary>
    private static async Task SlowCommitsAsync(Instance instance, TimeSpan delay, CancellationToken cancellationToken)
    {
        await using var superuser = NpgsqlDataSource.Create(instance.Postgres.SuperuserKeywords + ";Pooling=false");
        foreach (string sql in (string[])[$"ALTER SYSTEM SET commit_delay = {delay.TotalMicroseconds:0}", "ALTER SYSTEM SET commit_siblings = 0", "SELECT pg_reload_conf()"])
        {
            await using NpgsqlCommand command = superuser.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
