using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Alerts;

/// <summary>Alerts about a service or a server that is not there: each fires while it is away, and clears.</summary>
[Collection(SystemCollection.Name)]
[Trait("Category", "Long")]
public sealed class AbsenceAlertTests(SystemFixture system, ObservedSystem observed) : IClassFixture<ObservedSystem>
{
    [Fact]
    public async Task Messages_that_no_notifier_takes_are_told()
    {
        await system.Instance.StopAsync("notifier-1", CancellationToken.None);
        try
        {
            await system.JoinAsync(await system.OpenAsync(10));
            await observed.FiresAsync("RsvpMessagesWaiting");
        }
        finally
        {
            await system.Instance.StartAsync("notifier-1", CancellationToken.None);
        }

        await observed.QuietAsync();
    }

    [Fact]
    public async Task A_database_that_is_away_is_told()
    {
        await system.Instance.StopAsync("postgres", CancellationToken.None);
        try
        {
            await observed.FiresAsync("RsvpDatabaseAway");
        }
        finally
        {
            await system.Instance.StartAsync("postgres", CancellationToken.None);
            system.Database.Clear(); // The test's own connections ended with the server.
        }

        await observed.QuietAsync();
    }

    [Fact]
    public async Task The_last_of_its_kind_that_goes_is_told()
    {
        await system.Instance.StopAsync("api-1", CancellationToken.None);
        try
        {
            await observed.FiresAsync("RsvpNobodyThere");
        }
        finally
        {
            await system.Instance.StartAsync("api-1", CancellationToken.None);
        }

        await observed.QuietAsync();
        await system.JoinAsync(await system.OpenAsync(10));
    }

    [Fact]
    public async Task One_of_two_that_does_not_come_back_is_told()
    {
        // What the rule takes for usual is both, and both are there.
        await observed.ShowsAsync("sum(up{job=\"rsvp-worker\"}) == 2 and quantile_over_time(0.9, sum(up{job=\"rsvp-worker\"})[1440s:15s]) == 2");

        await system.Instance.StopAsync("worker-2", CancellationToken.None);
        try
        {
            await observed.FiresAsync("RsvpFewerProcesses");
        }
        finally
        {
            await system.Instance.StartAsync("worker-2", CancellationToken.None);
        }

        await observed.QuietAsync();
    }
}
