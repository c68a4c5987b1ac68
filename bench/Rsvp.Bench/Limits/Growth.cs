using System.Diagnostics;
using Dapper;
using Rsvp.Api.Rsvps;
using Rsvp.Bench.Contenders;
using Rsvp.Bench.Load;
using Rsvp.Bench.Reporting;
using Rsvp.Cli.Bench;
using Rsvp.Contracts;
using Rsvp.Worker.Audit;

namespace Rsvp.Bench.Limits;

/// <summary>What a command costs as the tables grow: more activities, a longer line, more RSVPs. No curve may be worse than n log n where the work is not.</summary>
internal sealed class Growth(BenchSystem system, BenchResults results)
{
    private const int BatchSize = 64;
    private const int FillBatchSize = 512;
    private const int SampleCount = 40;

    // With a fifth of them, code was still being compiled under the first samples.
    private const int WarmUpCount = 200;

    // More than the samples of one size ask for: in the batches that are measured everybody gets in.
    private const int Room = 2 * SampleCount * BatchSize;

    private static readonly int[] ActivityCounts = [1, 10, 100, 1_000, 10_000];
    private static readonly int[] LineLengths = [1, 10, 100, 1_000, 10_000, 100_000];
    private static readonly int[] RsvpCounts = [10_000, 100_000, 1_000_000, 5_000_000];

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await WithDatabaseAsync("warm_up", (apply, _, cancelled) => WarmUpAsync(apply, WarmUpCount, cancelled), cancellationToken);
        await WithDatabaseAsync("activities", GrowActivitiesAsync, cancellationToken);
        await WithDatabaseAsync("line", GrowLineAsync, cancellationToken);
        await WithDatabaseAsync("rsvps", GrowRsvpsAsync, cancellationToken);
    }

    private async Task WithDatabaseAsync(string name, Func<SetBasedApply, RivalDatabase, CancellationToken, Task> measure, CancellationToken cancellationToken)
    {
        await using RivalDatabase database = await RivalDatabase.CreateAsync(system.Instance, "rsvp_growth_" + name, cancellationToken);
        await using var apply = new SetBasedApply(database.WorkerKeywords);
        await measure(apply, database, cancellationToken);
        AuditReport audit = await new Auditor(database.Reader).RunAsync(new AuditOptions { IsQuiescent = false, StatementTimeout = TimeSpan.FromMinutes(5) }, cancellationToken);
        if (!audit.IsClean) throw new NoFiguresException($"{audit}");
    }

    /// <summary>Applies so many batches to the first activity of a database, in which there is room for the samples of one size beside them.</summary>
    private static async Task<Guid> WarmUpAsync(SetBasedApply apply, int batchCount, CancellationToken cancellationToken)
    {
        Guid activityId = await apply.OpenAsync(Room + (batchCount * BatchSize), cancellationToken);
        for (int warm = 0; warm < batchCount; warm++) await apply.ApplyAsync(SetBasedApply.Submits(activityId, BatchSize), cancellationToken);
        return activityId;
    }

    private async Task GrowActivitiesAsync(SetBasedApply apply, RivalDatabase database, CancellationToken cancellationToken)
    {
        List<Guid> activities = [await WarmUpAsync(apply, SampleCount, cancellationToken)];
        foreach (int count in ActivityCounts)
        {
            while (activities.Count < count) activities.Add(await apply.OpenAsync(Room, cancellationToken));
            await AnalyseAsync(database, cancellationToken);
            for (int sample = 0; sample < SampleCount; sample++)
            {
                // Spread over those that are there, so that sampling makes no more of them.
                await SubmitAsync("a submit, by activities", count, apply, activities[sample * count / SampleCount], cancellationToken);
            }
        }
    }

    private async Task GrowLineAsync(SetBasedApply apply, RivalDatabase database, CancellationToken cancellationToken)
    {
        await WarmUpAsync(apply, SampleCount, cancellationToken);
        var hostId = Guid.NewGuid();
        Guid activityId = await apply.OpenAsync(SampleCount * LineLengths.Length, hostId, cancellationToken);
        var confirmed = new Queue<Guid>();
        while (confirmed.Count < SampleCount * LineLengths.Length)
        {
            foreach (CommandOutcome outcome in await apply.ApplyAsync(SetBasedApply.Submits(activityId, SampleCount), cancellationToken)) confirmed.Enqueue(outcome.UserId);
        }

        DefaultTypeMap.MatchNamesWithUnderscores = true; // As the API sets it.
        var reads = new RsvpReads(database.Reader);
        int length = 0;
        foreach (int wanted in LineLengths)
        {
            await FillAsync(apply, activityId, wanted - length, cancellationToken);
            length = wanted;
            await AnalyseAsync(database, cancellationToken);
            for (int sample = 0; sample < SampleCount; sample++)
            {
                // One leaves, one is let in, one joins: the line is as long for every sample.
                await MeasureAsync("a cancel", wanted, () => apply.ApplyAsync([Cancel(activityId, confirmed.Dequeue())], cancellationToken));
                await MeasureAsync("a pass of one", wanted, () => apply.ApplyAsync([Pass(activityId)], cancellationToken));
                IReadOnlyList<CommandOutcome> joined =
                    await MeasureAsync("a submit to the end", wanted, () => apply.ApplyAsync(SetBasedApply.Submits(activityId, 1), cancellationToken));
                Guid last = joined[0].Rsvp!.Id;
                Seen<PositionDocument>? seen =
                    await MeasureAsync("position of the last in line", wanted, () => reads.FindPositionAsync(last, Guid.Empty, cancellationToken));
                Expect(seen?.Document.Position, wanted);
                Expect(seen?.Document.WaitlistLength, wanted);

                // Back to the end after each, where newcomers stand too: the next pass finds the line as if nobody had moved.
                foreach ((string name, int position) in ((string, int)[])[("a move to the middle", (wanted + 1) / 2), ("a move to the front", 1)])
                {
                    Expect(await MeasureAsync(name, wanted, () => MoveAsync(position)), position);
                    Expect(await MoveAsync(wanted), wanted);
                }

                async Task<int?> MoveAsync(int position) =>
                    (await apply.ApplyAsync([Move(activityId, hostId, last, position)], cancellationToken))[0].Results?.Single().Rsvp?.WaitlistPosition;
            }
        }
    }

    /// <summary>A full activity of ten thousand is copied with all that belongs to it, because every command of five million would take too long.</summary>
    private async Task GrowRsvpsAsync(SetBasedApply apply, RivalDatabase database, CancellationToken cancellationToken)
    {
        Guid original = await WarmUpAsync(apply, SampleCount, cancellationToken);
        int copied = RsvpCounts[0];
        await FillAsync(apply, original, copied - (SampleCount * BatchSize), cancellationToken);
        Guid remainder = await apply.OpenAsync(Room, cancellationToken);
        int made = copied;
        foreach (int count in RsvpCounts)
        {
            for (; made + copied <= count; made += copied) await database.CloneAsync(original, cancellationToken);
            await FillAsync(apply, remainder, count - made, cancellationToken);
            await AnalyseAsync(database, cancellationToken);
            await system.RestAsync(cancellationToken);
            for (int sample = 0; sample < SampleCount; sample++)
            {
                await SubmitAsync("a submit, by RSVPs in the table", count, apply, await apply.OpenAsync(Room, cancellationToken), cancellationToken);
            }

            made = count + (SampleCount * BatchSize);
            Console.WriteLine($"  {count} RSVPs are measured");
        }
    }

    private static async Task FillAsync(SetBasedApply apply, Guid activityId, int count, CancellationToken cancellationToken)
    {
        for (int left = count; left > 0; left -= FillBatchSize)
        {
            await apply.ApplyAsync(SetBasedApply.Submits(activityId, Math.Min(FillBatchSize, left)), cancellationToken);
        }
    }

    private async Task SubmitAsync(string name, int at, SetBasedApply apply, Guid activityId, CancellationToken cancellationToken)
    {
        Command[] commands = SetBasedApply.Submits(activityId, BatchSize);
        await MeasureAsync(name, at, () => apply.ApplyAsync(commands, cancellationToken), BatchSize);
    }

    private static Command Cancel(Guid activityId, Guid userId) =>
        SetBasedApply.Envelope(activityId, userId, CommandNames.CancelRsvp) with { CancelRsvp = new CancelRsvp() };

    private static Command Pass(Guid activityId) =>
        SetBasedApply.Envelope(activityId, Guid.Empty, CommandNames.RunPass) with { RunPass = new RunPass { PassNumber = 1 } };

    private static Command Move(Guid activityId, Guid hostId, Guid rsvpId, int position) =>
        SetBasedApply.Envelope(activityId, hostId, CommandNames.BulkWaitlist) with
        {
            BulkWaitlist = new BulkWaitlist { Action = "move", RsvpIds = [rsvpId], ToPosition = position },
        };

    private static async Task AnalyseAsync(RivalDatabase database, CancellationToken cancellationToken) => await database.ExecuteAsync("ANALYZE", cancellationToken);

    private static void Expect(int? found, int wanted)
    {
        if (found != wanted) throw new NoFiguresException($"a line of {wanted} or a place at {wanted} was expected, not '{found}'");
    }

    private async Task<T> MeasureAsync<T>(string name, int at, Func<Task<T>> work, int commands = 1)
    {
        long from = Stopwatch.GetTimestamp();
        T result = await work();
        double microseconds = Stopwatch.GetElapsedTime(from).TotalMicroseconds / commands;
        results.Figures.Add(new Figure(BenchOptions.Growth, name, at, Math.Round(microseconds, 1), "µs"));
        return result;
    }
}
