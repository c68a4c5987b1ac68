using System.Net;
using Rsvp.EndToEnd.Tests.Scaling;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;
using Rsvp.Worker.Audit;

namespace Rsvp.EndToEnd.Tests.Faults;

/// <summary>A worker that lives and is cut off from one of its servers: connections stay, and nothing comes through.</summary>
[Collection(SystemCollection.Name)]
[Trait("Category", "Long")]
public sealed class CutOffTests(SystemFixture system) : IAsyncLifetime
{
    private const string Victim = "worker-1";
    private const int PersonCount = 10;

    private TcpProxy _broker = null!;
    private TcpProxy _database = null!;

    public async ValueTask InitializeAsync()
    {
        _broker = new TcpProxy(system.Instance.Rabbit.Address.Host, system.Instance.Rabbit.Address.Port);
        _database = new TcpProxy(system.Instance.Postgres.Address.Host, system.Instance.Postgres.Address.Port);
        await system.Instance.StopAsync(Victim, CancellationToken.None);
        await system.StartWithAsync(
            Victim,
            ("ConnectionStrings__RabbitMq", _broker.Through(system.Instance.Rabbit.ServiceUrl("rsvp_worker"))),
            ("ConnectionStrings__Postgres", _database.ThroughKeywords(system.Instance.Postgres.Address.Keywords("rsvp_worker", system.Instance.Secrets.PostgresWorker))),
            ("Balancing__AwayAfter", "00:00:03"));
    }

    public async ValueTask DisposeAsync()
    {
        _broker.ComeBack();
        _database.ComeBack();
        await system.Instance.StopAsync(Victim, CancellationToken.None);
        await system.Instance.StartAsync(Victim, CancellationToken.None);
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("the broker")]
    [InlineData("the database")]
    public async Task A_worker_that_is_cut_off_from_one_server_alone_is_replaced_and_changes_nothing_when_it_comes_back(string server)
    {
        var activity = await system.OpenOnAsync(Victim, PersonCount / 2);
        var proxy = server == "the broker" ? _broker : _database;

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
