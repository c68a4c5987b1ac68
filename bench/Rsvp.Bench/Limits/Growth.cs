using System.Diagnostics;
using Dapper;
using Rsvp.Api.Rsvps;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Reporting;
using Rsvp.Cli;
using Rsvp.Cli.Bench;
using Rsvp.Contracts;
using Rsvp.Worker.Audit;

namespace Rsvp.Bench.Limits;

/// <summary>What a command costs as the tables grow: more activities, a longer line, more RSVPs. No curve may be worse than n log n where the work is not.</summary>
internal sealed class Growth(BenchSystem system, BenchOptions options, BenchResults results)
{
    private const int BatchSize = 64;
    private const int FillBatchSize = 512;
    private const int SamplesOfOne = 40;
    private static readonly int[] ActivityCounts = [1, 10, 100, 1_000, 10_000];
    private static readonly int[] LineLengths = [1, 10, 100, 1_000, 10_000, 100_000];
    private static readonly int[] RsvpCounts = [10_000, 100_000, 1_000_000, 5_000_000];

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await WithDatabaseAsync("activities", GrowActivitiesAsync, cancellationToken);
        await WithDatabaseAsync("line", GrowLineAsync, cancellationToken);
        await WithDatabaseAsync("rsvps", GrowRsvpsAsync, cancellationToken);
    }

    private async Task WithDatabaseAsync(string name, Func<SetBasedApply, RivalDatabase, CancellationToken, Task> measure, CancellationToken cancellationToken)
    {
        await using RivalDatabase database = await RivalDatabase.CreateAsync(system.Instance, "rsvp_growth_" + name, cancellationToken);
        await using var apply = new SetBasedApply(database.WorkerKeywords);
        for (int warm = 0; warm < SamplesOfOne; warm++) await SubmitAsync(apply, await apply.OpenAsync(10, cancellationToken), cancellationToken);
        await measure(apply, database, cancellationToken);
        AuditReport audit = await new Auditor(database.Reader).RunAsync(new AuditOptions { IsQuiescent = false, StatementTimeout = TimeSpan.FromMinutes(5) }, cancellationToken);
        if (!audit.IsClean) throw new ToolException($"no figures: {audit}");
    }

    private async Task GrowActivitiesAsync(SetBasedApply apply, RivalDatabase database, CancellationToken cancellationToken)
    {
        int made = SamplesOfOne;
        foreach (int count in ActivityCounts)
        {
            for (; made < count; made++) await apply.OpenAsync(10, cancellationToken);
            await AnalyseAsync(database, cancellationToken);
            for (int sample = 0; sample < options.Rounds * 3; sample++)
            {
                Guid activityId = await apply.OpenAsync(BatchSize / 2, cancellationToken);
                made++;
                Add("a submit, by activities", count, await SubmitAsync(apply, activityId, cancellationToken) / BatchSize);
            }
        }
    }

    private async Task GrowLineAsync(SetBasedApply apply, RivalDatabase database, CancellationToken cancellationToken)
    {
        Guid activityId = await apply.OpenAsync(SamplesOfOne * LineLengths.Length * 4, cancellationToken);
        var confirmed = new Queue<Guid>();
        for (int batch = 0; confirmed.Count < SamplesOfOne * LineLengths.Length * 4; batch++)
        {
            foreach (CommandOutcome outcome in await apply.ApplyAsync(SetBasedApply.Submits(activityId, SamplesOfOne), cancellationToken)) confirmed.Enqueue(outcome.UserId);
        }

        DefaultTypeMap.MatchNamesWithUnderscores = true; // As the API sets it.
        var reads = new RsvpReads(database.Reader);
        int length = 0;
        Guid last = default;
        foreach (int wanted in LineLengths)
        {
            while (length < wanted)
            {
                Command[] submits = SetBasedApply.Submits(activityId, Math.Min(FillBatchSize, wanted - length));
                last = (await apply.ApplyAsync(submits, cancellationToken))[^1].Rsvp!.Id;
                length += submits.Length;
            }

            await AnalyseAsync(database, cancellationToken);
            for (int sample = 0; sample < SamplesOfOne; sample++)
            {
                Add("position of the last in line", wanted, await TimeAsync(() => reads.FindPositionAsync(last, Guid.Empty, cancellationToken)));
                Add("a cancel", wanted, await TimeAsync(() => apply.ApplyAsync([Cancel(activityId, confirmed.Dequeue())], cancellationToken)));
                Add("a pass of one", wanted, await TimeAsync(() => apply.ApplyAsync([Pass(activityId)], cancellationToken)));
                Add("a submit to the end", wanted, await TimeAsync(() => apply.ApplyAsync(SetBasedApply.Submits(activityId, 1), cancellationToken)));
            }
        }
    }

    /// <summary>A full activity of ten thousand is copied with all that belongs to it, because every command of five million would take too long.</summary>
    private async Task GrowRsvpsAsync(SetBasedApply apply, RivalDatabase database, CancellationToken cancellationToken)
    {
        Guid original = await apply.OpenAsync(5_000, cancellationToken);
        for (int filled = 0; filled < RsvpCounts[0]; filled += 500) await apply.ApplyAsync(SetBasedApply.Submits(original, 500), cancellationToken);
        int copies = 1;
        foreach (int count in RsvpCounts)
        {
            for (; copies < count / RsvpCounts[0]; copies++) await database.CloneAsync(original, cancellationToken);
            await AnalyseAsync(database, cancellationToken);
            await system.RestAsync(cancellationToken);
            for (int sample = 0; sample < options.Rounds * 3; sample++)
            {
                Guid activityId = await apply.OpenAsync(BatchSize / 2, cancellationToken);
                Add("a submit, by RSVPs in the table", count, await SubmitAsync(apply, activityId, cancellationToken) / BatchSize);
            }

            Console.WriteLine($"  {count} RSVPs are measured");
        }
    }

    private static async Task<double> SubmitAsync(SetBasedApply apply, Guid activityId, CancellationToken cancellationToken)
    {
        Command[] commands = SetBasedApply.Submits(activityId, BatchSize);
        return await TimeAsync(() => apply.ApplyAsync(commands, cancellationToken));
    }

    private static Command Cancel(Guid activityId, Guid userId) =>
        SetBasedApply.Envelope(activityId, userId, CommandNames.CancelRsvp) with { CancelRsvp = new CancelRsvp() };

    private static Command Pass(Guid activityId) =>
        SetBasedApply.Envelope(activityId, Guid.Empty, CommandNames.RunPass) with { RunPass = new RunPass { PassNumber = 1 } };

    private static async Task AnalyseAsync(RivalDatabase database, CancellationToken cancellationToken) => await database.ExecuteAsync("ANALYZE", cancellationToken);

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        long from = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(from).TotalMicroseconds;
    }

    private void Add(string name, double at, double microseconds) => results.Figures.Add(new Figure(BenchOptions.Growth, name, at, Math.Round(microseconds, 1), "µs"));
}
