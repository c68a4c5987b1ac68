using Rsvp.Hosting.FailPoints;
using Rsvp.Testing;
using Rsvp.Worker.Scheduling;

namespace Rsvp.Worker.Tests.Scheduling;

public sealed class DatabaseClockTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    // Far less than the clocks are wrong, and more than a busy machine takes for a query.
    private static readonly TimeSpan Near = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    public async Task A_clock_that_is_minutes_wrong_is_put_right_by_the_database(int fastMinutes)
    {
        var fast = TimeSpan.FromMinutes(fastMinutes);
        var clock = new DatabaseClock(new SkewedClock(fast));
        var before = clock.GetUtcNow() - TimeProvider.System.GetUtcNow();

        var wrong = await clock.SetAsync(database.DataSource, CancellationToken.None);
        var after = clock.GetUtcNow() - TimeProvider.System.GetUtcNow();

        Assert.True((before - fast).Duration() < Near);
        Assert.True((wrong + fast).Duration() < Near);
        Assert.True(after.Duration() < Near);
        Assert.True((await clock.SetAsync(database.DataSource, CancellationToken.None)).Duration() < Near);
    }
}
