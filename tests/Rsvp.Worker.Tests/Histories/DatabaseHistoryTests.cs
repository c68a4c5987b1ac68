using CsCheck;
using Rsvp.Contracts;
using Rsvp.Testing;
using Rsvp.Worker.Audit;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.Histories;

/// <summary>The same histories through the apply path and its SQL, on a real database: what was loaded for a batch must have been enough.</summary>
public sealed class DatabaseHistoryTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Iterations = 60;

    // Short ones, of which it takes some for the rare case that a pass meets.
    private const int LineIterations = 300;

    private readonly World _world = new(database);

    [Fact]
    public async Task Applied_batches_agree_with_the_model_and_leave_a_clean_audit()
    {
        await HistoryGen.AtOneTime.SampleAsync(FollowAsync, iter: Iterations, threads: 2, print: history => history.ToString());

        var report = await new Auditor(database.DataSource).RunAsync();
        Assert.True(report.IsClean, report.ToString());
    }

    [Fact]
    public async Task Passes_over_lines_of_large_and_small_parties_agree_with_the_model()
    {
        await HistoryGen.OfLines.SampleAsync(FollowAsync, iter: LineIterations, threads: 2, print: history => history.ToString());

        var report = await new Auditor(database.DataSource).RunAsync();
        Assert.True(report.IsClean, report.ToString());
    }

    private async Task FollowAsync(History history)
    {
        var telling = new Telling(history, TimeProvider.System.GetUtcNow());
        var model = new NaiveActivity(history.Beginning);
        var applier = _world.Applier();
        await applier.ApplyAsync([telling.Create], 0, default);
        await database.ExecuteAsync("INSERT INTO users (user_id) SELECT unnest($1)", telling.KnownUsers.ToArray());

        var batch = new List<Command>();
        var expected = new List<Answer?>();
        foreach (var (step, cut) in history.Steps.Zip(history.Cuts).Append((new Step.Pass(), true)))
        {
            if (Telling.NamesRsvps(step))
            {
                await ApplyBatchAsync();
            }

            if (telling.Next(step) is var (told, command, key))
            {
                batch.Add(command);
                expected.Add(model.Answer(command.RequestId.ToString(), key, told));
            }

            // Groups and RSVPs are named by ids, which are known once their batch was applied.
            if (cut || step is Step.Group)
            {
                await ApplyBatchAsync();
            }
        }

        async Task ApplyBatchAsync()
        {
            var applied = await applier.ApplyAsync(batch, 0, default);
            Assert.Equal(expected, applied.Outcomes.Zip(expected, (outcome, answer) => answer is null ? null : telling.Hear(outcome)));
            await CompareAsync(model, telling);
            batch.Clear();
            expected.Clear();
        }
    }

    /// <summary>Within a place the order means nothing.</summary>
    private static IEnumerable<int> InPlaces(IEnumerable<int> users, IEnumerable<int> sizes)
    {
        var rest = users.ToList();
        foreach (var size in sizes)
        {
            foreach (var user in rest.Take(size).Order())
            {
                yield return user;
            }

            rest = [.. rest.Skip(size)];
        }

        foreach (var user in rest)
        {
            yield return user;
        }
    }

    private async Task CompareAsync(NaiveActivity model, Telling telling)
    {
        var users = await database.ScalarAsync<Guid[]>(
            "SELECT coalesce(array_agg(user_id ORDER BY line_key, rsvp_id), '{}') FROM rsvps WHERE activity_id = $1 AND status = 'waitlisted'", telling.ActivityId);
        Assert.Equal(
            model.Line.SelectMany(place => place.Parties.Select(party => party.User).Order()),
            InPlaces(users!.Select(telling.UserOf), model.Line.Select(place => place.Parties.Count)));
        Assert.Equal(
            model.Confirmed, await database.ScalarAsync<int>("SELECT confirmed_participants FROM activities WHERE activity_id = $1", telling.ActivityId));

        // No wake-up is lost: where the policy owes somebody a seat, the vacancy is noted.
        var isNoted = await database.ScalarAsync<bool>("SELECT vacant_since IS NOT NULL FROM activities WHERE activity_id = $1", telling.ActivityId);
        Assert.True(model.Next() is null || isNoted, $"nobody is told that user {model.Next()?.Parties[0].User} can be let in");
    }
}
