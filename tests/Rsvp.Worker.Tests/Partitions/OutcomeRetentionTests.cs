using Rsvp.Testing;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Tests.Partitions;

public sealed class OutcomeRetentionTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Outcomes_are_forgotten_after_thirty_days_however_many_they_are()
    {
        const int Old = 6_000;
        const int Kept = 100;
        await InsertAsync(Old, "30 days 1 minute");
        await InsertAsync(Kept, "29 days 23 hours");

        var forgotten = await new OutcomeRetention(database.DataSource).ForgetAsync(CancellationToken.None);

        Assert.Equal(Old, forgotten);
        Assert.Equal(Kept, await database.ScalarAsync<long>("SELECT count(*) FROM rsvp_requests"));
    }

    private Task<int> InsertAsync(int count, string age) => database.ExecuteAsync(
        """
        INSERT INTO rsvp_requests (request_id, user_id, activity_id, command, status, outcome, submitted_at, completed_at)
        SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'submit_rsvp', 'completed', '{}', now() - $2::text::interval, now() - $2::text::interval
        FROM   generate_series(1, $1)
        """,
        count,
        age);
}
