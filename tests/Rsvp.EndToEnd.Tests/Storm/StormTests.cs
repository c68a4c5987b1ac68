using Rsvp.Cli.Storm;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Storm;

[Collection(SystemCollection.Name)]
public sealed class StormTests(SystemFixture system)
{
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_rush_fills_exactly_the_seats_there_are_and_lines_up_everybody_else()
    {
        StormReport report = await StormAsync(new StormOptions { UserCount = 2000, Capacity = 100, ConnectionCount = 500, WarmupRounds = 0 });

        AssertClean(report);
    }

    [Fact]
    public async Task A_rush_of_mixed_parties_leaves_every_seat_and_every_place_accounted_for()
    {
        StormReport report = await StormAsync(new StormOptions
        {
            UserCount = 1000,
            Capacity = 300,
            ConnectionCount = 200,
            PartyMin = 1,
            PartyMax = 4,
            Seed = 7,
            WarmupRounds = 0,
        });

        AssertClean(report);
    }

    [Fact]
    public async Task A_worker_killed_in_the_middle_of_a_rush_costs_nobody_their_outcome()
    {
        SystemFixture.NeedsOwn();
        StormReport report = await StormAsync(new StormOptions
        {
            UserCount = 3000,
            Capacity = 100,
            ConnectionCount = 300,
            KillWorker = true,
            WarmupRounds = 0,
        });

        Assert.NotNull(report.KilledWorker);
        AssertClean(report);
        await system.Instance.StartAsync(report.KilledWorker, CancellationToken.None);
    }

    [Fact]
    public async Task Seats_that_fifty_people_give_back_at_once_go_to_the_next_fifty_in_line()
    {
        StormReport report = await StormAsync(new StormOptions
        {
            UserCount = 1000,
            Capacity = 100,
            ConnectionCount = 200,
            CancelCount = 50,
            WarmupRounds = 0,
        });

        Assert.Equal(50, report.Cancels);
        Assert.Equal("20", Assert.Single(report.Checks, check => check.Name == Followers.CheckName).Found);
        AssertClean(report);
    }

    private async Task<StormReport> StormAsync(StormOptions options)
    {
        using var limit = new CancellationTokenSource(AtMost);
        return await StormCommand.RunAsync(
            system.Run, options, new PlainProgress(line => TestContext.Current.TestOutputHelper?.WriteLine(line)), "test", limit.Token);
    }

    private static void AssertClean(StormReport report)
    {
        Assert.All(report.Checks, check => Assert.True(check.Ok, $"{check.Name}: {check.Found}, not {check.Expected}"));
        Assert.True(report.Audit.Violations == 0, report.Audit.Text);
    }
}
