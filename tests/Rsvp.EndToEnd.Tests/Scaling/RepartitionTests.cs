using System.Net;
using Rsvp.Cli.Processes;
using Rsvp.Cli.Scaling;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Scaling;

/// <summary>The number of partitions changes while commands wait.</summary>
[Collection(SystemCollection.Name)]
[Trait("Category", "Long")]
public sealed class RepartitionTests(SystemFixture system)
{
    private const int SeatCount = 40;
    private const int ActivityCount = 3;

    [Fact]
    public async Task Commands_in_the_old_queues_are_decided_before_those_in_the_new_ones_and_none_is_lost()
    {
        await system.RestoreAsync();
        Guid[] activities = [.. await Task.WhenAll(Enumerable.Range(0, ActivityCount).Select(_ => system.OpenAsync(SeatCount)))];
        var before = system.Instance.State.Partitions;
        List<(Person Person, Guid Activity)> early, late;

        // With the workers frozen, whoever asks now waits in the old queues, and whoever asks when the APIs have changed waits in the new ones.
        Freeze(Signal.Stop);
        Task change;
        try
        {
            early = await AskAsync(activities);
            change = Task.Run(() => Repartition.RunAsync(system.Instance, 24, Say, CancellationToken.None));
            await Eventually.HoldsAsync(
                () => system.Instance.State.Topologies["api-1"] != before.Version && system.Instance.State.Alive("api-1") is not null, "the API has changed", TimeSpan.FromSeconds(60));
            await system.Instance.WaitUntilReadyAsync("api-1", CancellationToken.None);
            late = await AskAsync(activities);
            Assert.False(change.IsCompleted);
        }
        finally
        {
            Freeze(Signal.Continue);
        }

        try
        {
            await change;

            await DecidedAsync(early.Concat(late));
            Assert.All(await StatusesAsync(early), status => Assert.Equal("confirmed", status));
            Assert.All(await StatusesAsync(late), status => Assert.Equal("waitlisted", status));
            Assert.Equal(24, (await system.OwnersAsync()).Length);
            await system.AssertAuditIsCleanAsync();
        }
        finally
        {
            // Back to what is shipped, with people who ask meanwhile.
            await using var rush = await Rush.BeginAsync(system, toleratesRefusals: true);
            await Repartition.RunAsync(system.Instance, before.Count, Say, CancellationToken.None);
            await rush.EndsCleanAsync();
        }

        Assert.Equal(before, system.Instance.State.Partitions);
        await system.ShareEvenlyAsync("worker-1", "worker-2");
    }

    private void Freeze(Signal signal)
    {
        foreach (var worker in new[] { "worker-1", "worker-2" })
        {
            system.Instance.State.Alive(worker)?.Send(signal);
        }
    }

    private async Task<List<(Person Person, Guid Activity)>> AskAsync(Guid[] activities)
    {
        var asked = activities.SelectMany(activity => Enumerable.Range(0, SeatCount).Select(_ => (Person: system.NewPerson(), Activity: activity))).ToList();
        using var http = system.NewClient();
        await Task.WhenAll(asked.Select(async one =>
            Assert.Equal(HttpStatusCode.Accepted, (await one.Person.Over(http).SubmitAsync(one.Activity, waitSeconds: 0)).Status)));
        asked.ForEach(one => one.Person.Over(system.Http));
        return asked;
    }

    private static async Task DecidedAsync(IEnumerable<(Person Person, Guid Activity)> asked)
    {
        foreach (var (person, activity) in asked)
        {
            await Eventually.HoldsAsync(
                async () => (await person.GetAsync($"/api/activities/{activity}/rsvp")).Status == HttpStatusCode.OK, "an accepted request is decided", TimeSpan.FromSeconds(60));
        }
    }

    private static async Task<string[]> StatusesAsync(List<(Person Person, Guid Activity)> asked) =>
        await Task.WhenAll(asked.Select(one => one.Person.StatusAsync(one.Activity)));

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}
