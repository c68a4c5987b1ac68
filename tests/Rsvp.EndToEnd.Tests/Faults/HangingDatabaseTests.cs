using System.Net;
using Rsvp.EndToEnd.Tests.Scaling;
using Rsvp.EndToEnd.Tests.Storm;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Faults;

/// <summary>An API or a notifier whose database hangs, while the broker and the workers are well: connections stay, and nothing comes through.</summary>
[Collection(SystemCollection.Name)]
[Trait("Category", "Long")]
public sealed class HangingDatabaseTests(SystemFixture system)
{
    // More than the API has connections, so that all of them are in use when the database stops to answer.
    private const int ReaderCount = 64;

    // More than the notifier has connections for them.
    private const int NewcomerCount = 16;

    [Fact]
    public async Task While_the_apis_database_hangs_seats_are_given_as_before_and_reads_are_refused()
    {
        await using var api = await ProxiedService.StartAsync(system, "api-1");
        var read = await system.OpenAsync(1);
        await using var rush = await Rush.BeginAsync(system);
        var readers = Enumerable.Range(0, ReaderCount).Select(_ => ReadUntilRefusedAsync(read)).ToList();
        await Eventually.HoldsAsync(() => rush.Answered > ReaderCount, "people ask and read");

        api.Database.Swallow();
        var refused = await Eventually.EndsAsync(Task.WhenAll(readers), "all who read are refused", TimeSpan.FromSeconds(60));
        var answered = rush.Answered;
        await Eventually.HoldsAsync(() => rush.Answered > answered + ReaderCount, "people are served while the database still hangs");
        api.Database.ComeBack();

        Assert.All(refused, answer => Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (answer.Status, answer.Code)));
        await Eventually.HoldsAsync(async () => (await system.NewPerson().GetAsync($"/api/activities/{read}")).Status == HttpStatusCode.OK, "reads are answered again");
        await rush.EndsCleanAsync();
    }

    [Fact]
    public async Task While_the_notifiers_database_hangs_those_who_watch_hear_of_every_change_and_newcomers_once_it_is_back()
    {
        await using var notifier = await ProxiedService.StartAsync(system, "notifier-1");
        var watched = await system.OpenAsync(1);
        var others = await Task.WhenAll(Enumerable.Range(0, NewcomerCount).Select(_ => system.OpenAsync(1)));
        await using var watchers = new HubWatchers(system, watched, count: 8);
        await watchers.AssertUpToDateAsync();

        notifier.Database.Swallow();
        var newcomers = others.Select(activity => new HubWatchers(system, activity, count: 1)).ToList();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.Created, (await system.NewPerson().SubmitAsync(watched)).Status);
            await watchers.AssertUpToDateAsync();
        }

        watchers.AssertNeverLost();
        notifier.Database.ComeBack();
        foreach (var newcomer in newcomers)
        {
            await newcomer.AssertUpToDateAsync();
            await newcomer.DisposeAsync();
        }
    }

    private async Task<Answer> ReadUntilRefusedAsync(Guid activity)
    {
        var reader = system.NewPerson();
        Answer answer;
        do
        {
            answer = await reader.GetAsync($"/api/activities/{activity}");
        }
        while (answer.Status == HttpStatusCode.OK);
        return answer;
    }
}
