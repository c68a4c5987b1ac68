using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Watch;

/// <summary><c>./rsvp watch</c> as a script runs it.</summary>
[Collection(SystemCollection.Name)]
public sealed class WatchTests(SystemFixture system)
{
    [Fact]
    public async Task A_watch_prints_every_change_until_it_is_told_to_end()
    {
        var activity = await system.NewPerson().OpenAsync(1);
        var (ada, ben) = (system.NewPerson(), system.NewPerson());
        await using var watch = system.StartTool("watch", activity.ToString());
        await watch.PrintsAsync("connected version=1 confirmed=0 offered=0 available=1 capacity=1 line=0 waiting=0");

        await ada.SubmitAsync(activity);
        await watch.PrintsAsync("confirmed=1 offered=0 available=0 capacity=1 line=0 waiting=0");
        await ben.SubmitAsync(activity);
        await watch.PrintsAsync("confirmed=1 offered=0 available=0 capacity=1 line=1 waiting=1");
        await system.Instance.KillAsync("notifier-1", CancellationToken.None);
        await watch.PrintsAsync("reconnecting");
        await ada.CancelAsync(activity);
        await system.Instance.StartAsync("notifier-1", CancellationToken.None);

        await watch.PrintsAsync("connected version=5 confirmed=1 offered=0 available=0 capacity=1 line=0 waiting=0");
        Assert.Equal(0, await watch.TerminateAsync());
    }

    [Fact]
    public async Task A_watch_ends_by_itself_after_the_time_that_it_was_given()
    {
        var activity = await system.NewPerson().OpenAsync(1);
        await using var watch = system.StartTool("watch", activity.ToString(), "--for", "0.1");

        Assert.Equal(0, await watch.EndsAsync());
    }

    [Fact]
    public async Task An_activity_that_is_not_there_is_an_error()
    {
        var unknown = Guid.NewGuid();
        await using var watch = system.StartTool("watch", unknown.ToString());

        Assert.NotEqual(0, await watch.EndsAsync());
        Assert.Contains($"rsvp: there is no activity {unknown}", watch.Output, StringComparison.Ordinal);
    }
}
