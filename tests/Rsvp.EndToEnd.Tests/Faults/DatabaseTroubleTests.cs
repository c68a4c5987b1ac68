using Npgsql;
using Rsvp.EndToEnd.Tests.DeadLetters;
using Rsvp.EndToEnd.Tests.Scaling;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Faults;

/// <summary>The database stays and gives trouble: it ends the workers' sessions, or somebody keeps what they need.</summary>
[Collection(SystemCollection.Name)]
public sealed class DatabaseTroubleTests(SystemFixture system) : IAsyncDisposable
{
    private const int BlowCount = 10;
    private const int PeopleBetweenBlows = 10;

    // A try is over after 2 s, so the third has waited through two.
    private const int TryCount = 3;

    private readonly NpgsqlDataSource _server = NpgsqlDataSource.Create(system.Instance.Postgres.SuperuserKeywords);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Workers_whose_sessions_are_ended_again_and_again_while_they_save_lose_nothing_and_repeat_nothing()
    {
        await using var rush = await Rush.BeginAsync(system);

        for (var blow = 1; blow <= BlowCount; blow++)
        {
            var answered = rush.Answered;
            await Eventually.HoldsAsync(() => rush.Answered >= answered + PeopleBetweenBlows, $"people are served before blow {blow}");
            await using var hold = await HoldAsync(rush.Activities[blow % rush.Activities.Count]);
            await Eventually.HoldsAsync(async () => (await hold.ReadTriesAsync()).Length > 0, "a worker is in the middle of a save");
            Assert.True(await EndSessionsAsync() > 0, "no session was ended");
        }

        await rush.EndsCleanAsync();
        Assert.Equal((rush.Answered, rush.Answered), await CountAsync(rush.Activities));
    }

    [Fact]
    public async Task While_somebody_keeps_an_activity_locked_its_requests_wait_for_their_outcome_and_another_partition_goes_on()
    {
        var held = await system.OpenAsync(2);
        var other = held;
        await Eventually.HoldsAsync(
            async () => BrokerHand.PartitionOf(system, other = await system.OpenAsync(TryCount)) != BrokerHand.PartitionOf(system, held), "an activity is on another partition");
        Task<Answer[]> asked;

        await using (var hold = await HoldAsync(held))
        {
            asked = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => system.NewPerson().SubmitAsync(held)));
            var tries = new HashSet<DateTime>();
            for (var seen = 1; seen <= TryCount; seen++)
            {
                await Eventually.HoldsAsync(
                    async () =>
                    {
                        tries.UnionWith(await hold.ReadTriesAsync());
                        return tries.Count >= seen;
                    },
                    $"the worker has tried {seen} times");
                Assert.Equal("confirmed", await (await system.JoinAsync(other)).StatusAsync(other));
            }

            Assert.False(asked.IsCompleted, "somebody was answered while the activity was locked");
        }

        Assert.Equal(["confirmed", "confirmed", "waitlisted"], (await asked).Select(answer => answer.RsvpStatus).Order());
        await system.AssertAuditIsCleanAsync();
    }

    private async Task<int> EndSessionsAsync()
    {
        await using var command = _server.CreateCommand("SELECT (count(*) FILTER (WHERE pg_terminate_backend(pid)))::int FROM pg_stat_activity WHERE usename = 'rsvp_worker'");
        return (int)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>How many have an RSVP, and how often somebody got one.</summary>
    private async Task<(int Rsvps, int Effects)> CountAsync(IReadOnlyList<Guid> activities)
    {
        await using var command = system.Database.CreateCommand(
            """
            SELECT (SELECT count(*)::int FROM rsvps WHERE activity_id = ANY($1)),
                   (SELECT count(*)::int FROM rsvp_analytics WHERE activity_id = ANY($1) AND action <> 'created')
            """);
        command.Parameters.AddWithValue(activities.ToArray());
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        return (row.GetInt32(0), row.GetInt32(1));
    }

    private async Task<Hold> HoldAsync(Guid activity)
    {
        var connection = await system.Database.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("SELECT FROM activities WHERE activity_id = $1 FOR UPDATE", connection, transaction);
        command.Parameters.AddWithValue(activity);
        await command.ExecuteNonQueryAsync();
        return new Hold(_server, connection, transaction);
    }

    /// <summary>The lock on an activity's row, until it is disposed of.</summary>
    private sealed class Hold(NpgsqlDataSource server, NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        /// <summary>When those began that wait for it now.</summary>
        internal async Task<DateTime[]> ReadTriesAsync()
        {
            await using var command = server.CreateCommand("SELECT coalesce(array_agg(query_start), '{}') FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))");
            command.Parameters.AddWithValue(connection.ProcessID);
            return (DateTime[])(await command.ExecuteScalarAsync())!;
        }

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
