using Npgsql;
using Rsvp.Contracts;
using Rsvp.Hosting.FailPoints;
using Rsvp.Testing;
using Rsvp.Worker.Audit;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.Histories;

/// <summary>
/// Everything that can happen in a small world through the apply path on a real database. At each step the worker dies before the commit, then after it, and the
/// commands are delivered once more. Histories go in step, each on an activity of its own, so that a batch holds a step of many.
/// </summary>
public sealed class DatabaseSmallWorldTests(TestDatabase database, ITestOutputHelper output) : IClassFixture<TestDatabase>
{
    private const int BatchMax = 256;
    private const int Samples = 60;
    private const int SampleLength = 8;
    private const int Seed = 20_311;

    private readonly World _world = new(database);

    [Fact]
    public async Task All_histories_of_up_to_three_commands_and_seeded_longer_ones_survive_a_crash_at_each_step()
    {
        List<Run> all = [.. SmallWorld.Beginnings.SelectMany(beginning => SmallWorld.Histories(beginning, length: 3).Select(steps => Begin(beginning, steps)))];
        List<Run> samples = [.. Enumerable.Range(0, Samples).Select(sample => Sample(new Random(Seed + sample)))];

        var deliveries = await Task.WhenAll(FollowAsync([.. all.Where((_, index) => index % 2 == 0)]), FollowAsync([.. all.Where((_, index) => index % 2 == 1), .. samples]));

        var report = await new Auditor(database.DataSource).RunAsync(new AuditOptions { IsQuiescent = false });
        Assert.True(report.IsClean, report.ToString());
        output.WriteLine($"{all.Count:N0} histories, which contain all of up to 3 commands, and {samples.Count} of {SampleLength} from seed {Seed}: {deliveries.Sum():N0} deliveries");
    }

    private static Run Begin(Beginning beginning, IReadOnlyList<Step> steps) =>
        new(new Telling(new History(beginning, [], []), TimeProvider.System.GetUtcNow()), new NaiveActivity(beginning), steps);

    private static Run Sample(Random random)
    {
        var beginning = SmallWorld.Beginnings[random.Next(SmallWorld.Beginnings.Count)];
        var alphabet = SmallWorld.Alphabet(beginning);
        return Begin(beginning, [.. Enumerable.Range(0, SampleLength).Select(_ => alphabet[random.Next(alphabet.Count)])]);
    }

    /// <returns>How often a batch was delivered.</returns>
    private async Task<int> FollowAsync(IReadOnlyList<Run> runs)
    {
        var deliveries = 0;
        foreach (var chunk in runs.Chunk(BatchMax))
        {
            await _world.ApplyAsync([.. chunk.Select(run => run.Telling.Create)]);
        }

        for (var at = 0; runs.Any(run => run.Steps.Count > at); at++)
        {
            // What runs alone would cut a batch into many.
            var step = runs.Where(run => run.Steps.Count > at).ToLookup(run => run.Steps[at] is Step.Pass or Step.Expire or Step.Change);
            Run[][] batches = [.. step[false].Chunk(BatchMax), .. step[true].Chunk(1)];
            foreach (var batch in batches)
            {
                await DeliverAsync(batch, at);
                deliveries += 3;
            }

            foreach (var chunk in step.SelectMany(group => group).Chunk(BatchMax))
            {
                await CheckAsync(chunk);
            }
        }

        return deliveries;
    }

    private async Task DeliverAsync(IReadOnlyList<Run> runs, int at)
    {
        var applier = _world.Applier();
        var told = runs.Select(run => run.Telling.Next(run.Steps[at])!.Value).ToList();
        List<Command> commands = [.. told.Select(one => one.Command)];
        List<Answer?> expected = [.. runs.Zip(told, (run, one) => run.Model.Answer(one.Command.RequestId.ToString(), one.Key, one.Step))];

        FailPoint.Arm("before_commit:throw");
        await Assert.ThrowsAsync<FailPointException>(() => applier.ApplyAsync(commands, 0, default));
        FailPoint.Arm("after_commit:throw");
        await Assert.ThrowsAsync<FailPointException>(() => applier.ApplyAsync(commands, 1, default));
        FailPoint.Arm(null);
        var outcomes = (await applier.ApplyAsync(commands, 2, default)).Outcomes;

        for (var i = 0; i < runs.Count; i++)
        {
            var answer = expected[i] is null ? null : runs[i].Telling.Hear(outcomes[i]);
            Assert.True(Equals(expected[i], answer), $"{runs[i]}, step {at + 1}: the model says {expected[i]}, the worker {answer}");
        }
    }

    private async Task CheckAsync(IReadOnlyList<Run> runs)
    {
        await using var read = database.DataSource.CreateCommand(
            """
            SELECT a.activity_id, a.confirmed_participants, a.offered_participants, a.vacant_since IS NOT NULL, r.user_id, r.status, r.total_spots, r.version,
                   CASE r.status WHEN 'waitlisted' THEN rank() OVER (PARTITION BY a.activity_id, r.status ORDER BY r.line_key) END
            FROM   activities a
            LEFT   JOIN rsvps r USING (activity_id)
            WHERE  a.activity_id = ANY($1)
            """);
        read.Parameters.AddWithValue(runs.Select(run => run.Telling.ActivityId).ToArray());
        var rows = (await ReadAsync(read)).ToLookup(row => row.ActivityId);
        foreach (var run in runs)
        {
            var found = rows[run.Telling.ActivityId].ToList();
            var parties = found.Where(row => row.Shown is not null).Select(row => (User: run.Telling.UserOf(row.UserId), row.Shown!)).OrderBy(party => party.User);
            Assert.True(run.Model.Everybody.SequenceEqual(parties), $"{run}: the model has {string.Join(", ", run.Model.Everybody)}, the database {string.Join(", ", parties)}");
            Assert.Equal((run.Model.Confirmed, run.Model.Offered), (found[0].Confirmed, found[0].Offered));
            Assert.True(run.Model.Next() is null || found[0].IsVacant, $"{run}: nobody is told that somebody can be let in");
        }
    }

    private static async Task<List<Row>> ReadAsync(NpgsqlCommand read)
    {
        var rows = new List<Row>();
        await using var row = await read.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            var shown = row.IsDBNull(4) ? null : new Shown(row.GetString(5), row.GetInt32(6), row.GetInt64(7), row.IsDBNull(8) ? null : (int)row.GetInt64(8));
            rows.Add(new Row(row.GetGuid(0), row.GetInt32(1), row.GetInt32(2), row.GetBoolean(3), row.IsDBNull(4) ? default : row.GetGuid(4), shown));
        }

        return rows;
    }

    private sealed record Row(Guid ActivityId, int Confirmed, int Offered, bool IsVacant, Guid UserId, Shown? Shown);

    private sealed record Run(Telling Telling, NaiveActivity Model, IReadOnlyList<Step> Steps)
    {
        public override string ToString() => string.Join("; ", Steps);
    }
}
