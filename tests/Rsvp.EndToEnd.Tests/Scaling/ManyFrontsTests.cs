using System.Net;
using Rsvp.Cli.Instances;
using Rsvp.EndToEnd.Tests.Storm;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Scaling;

/// <summary>Two APIs and two notifiers behind one origin.</summary>
[Collection(SystemCollection.Name)]
public sealed class ManyFrontsTests(SystemFixture system)
{
    [Fact]
    public async Task Several_apis_and_notifiers_behind_one_origin_are_like_one()
    {
        try
        {
            await system.Instance.StartAsync(new ServiceCounts(Workers: 2, Apis: 2, Notifiers: 2), CancellationToken.None);
            Assert.Superset(new HashSet<string> { "api-1", "api-2", "notifier-1", "notifier-2" }, system.Run.Processes.Select(process => process.Name).ToHashSet());
            using var first = Of("api-1");
            using var second = Of("api-2");
            var activity = await system.OpenAsync(5);

            // Accepted here, asked about there; the same key is the same request at both.
            var person = system.NewPerson();
            var accepted = await person.Over(first).SubmitAsync(activity, key: "one", waitSeconds: 0);
            var repeated = await person.Over(second).SubmitAsync(activity, key: "one");
            var polled = await person.Over(second).GetAsync($"/api/requests/{accepted.RequestId}");
            Assert.Equal((accepted.RequestId, "confirmed"), (repeated.RequestId, repeated.RsvpStatus));
            Assert.Equal("completed", polled.Body.GetProperty("status").GetString());

            // Watchers of either notifier, through either API, hear of what happens at any.
            await using var watchers = new HubWatchers(system, activity, count: 8);
            await system.JoinAsync(activity);
            await watchers.AssertUpToDateAsync();

            // The origin is not one of them.
            await system.Instance.StopAsync("api-1", CancellationToken.None);
            await system.Instance.StopAsync("notifier-1", CancellationToken.None);
            using var fresh = system.NewClient();
            Assert.Equal(HttpStatusCode.Created, (await system.NewPerson().Over(fresh).SubmitAsync(activity)).Status);
            await watchers.AssertUpToDateAsync();
        }
        finally
        {
            await system.Instance.StopAsync(["api-2", "notifier-2"], CancellationToken.None);
            await system.RestoreAsync();
        }
    }

    /// <summary>One of the APIs, on the port that is its own.</summary>
    private HttpClient Of(string name) => new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = new Uri(new Uri(system.Run.Metrics.Single(service => service.Name == name).Url).GetLeftPart(UriPartial.Authority)),
        Timeout = TimeSpan.FromSeconds(60),
    };
}
