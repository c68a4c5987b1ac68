using System.Net;
using Rsvp.EndToEnd.Tests.Scaling;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;
using Rsvp.Worker.Audit;

namespace Rsvp.EndToEnd.Tests.Faults;

/// <summary>A worker that lives and is cut off from one of its servers: connections stay, and nothing comes through.</summary>
[Collection(SystemCollection.Name)]
[Trait("Category", "Long")]
public sealed class CutOffTests(SystemFixture system)
{
    private const string Victim = "worker-1";
    private const int PersonCount = 10;

    [Theory]
    [InlineData("the broker")]
    [InlineData("the database")]
    public async Task A_worker_that_is_cut_off_from_one_server_alone_is_replaced_and_changes_nothing_when_it_comes_back(string server)
    {
        await using var worker = await ProxiedService.StartAsync(system, Victim, ("Balancing__AwayAfter", "00:00:03"));
        var activity = await system.OpenOnAsync(Victim, PersonCount / 2);
        var proxy = server == "the broker" ? worker.Broker : worker.Database;

        proxy.Swallow();
        var answers = await Task.WhenAll(Enumerable.Range(0, PersonCount).Select(_ => system.NewPerson().SubmitAsync(activity)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.Status));
        await Eventually.HoldsAsync(async () => await system.OwnerOfAsync(activity) != Victim, "the other worker says that the partition is its own");
        proxy.ComeBack();

        await system.Instance.WaitUntilReadyAsync(Victim, CancellationToken.None);
        await system.AssertAuditIsCleanAsync();
        var report = await new Auditor(system.Database).RunAsync(new AuditOptions { Activities = [activity], Journal = [.. answers.Select(answer => Guid.Parse(answer.RequestId))] });
        Assert.True(report.IsClean, report.ToString());
    }
}
