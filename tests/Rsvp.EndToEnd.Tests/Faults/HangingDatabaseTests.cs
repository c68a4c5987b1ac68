using System.Net;
using Rsvp.EndToEnd.Tests.Scaling;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Faults;

/// <summary>An API whose database hangs, while the broker and the workers are well.</summary>
[Collection(SystemCollection.Name)]
[Trait("Category", "Long")]
public sealed class HangingDatabaseTests(SystemFixture system) : IAsyncLifetime
{
    private const string Victim = "api-1";

    // More than the API has connections, so that all of them are in use when the database stops to answer.
    private const int ReaderCount = 64;

    private TcpProxy _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = new TcpProxy(system.Instance.Postgres.Address.Host, system.Instance.Postgres.Address.Port);
        await system.Instance.StopAsync(Victim, CancellationToken.None);
        await system.StartWithAsync(
            Victim, ("ConnectionStrings__Postgres", _database.ThroughKeywords(system.Instance.Postgres.Address.Keywords("rsvp_api", system.Instance.Secrets.PostgresApi))));
    }

    public async ValueTask DisposeAsync()
    {
        _database.ComeBack();
        await system.Instance.StopAsync(Victim, CancellationToken.None);
        await system.Instance.StartAsync(Victim, CancellationToken.None);
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task While_the_apis_database_hangs_seats_are_given_as_before_and_reads_are_refused()
    {
        var read = await system.OpenAsync(1);
        await using var rush = await Rush.BeginAsync(system);
        var readers = Enumerable.Range(0, ReaderCount).Select(_ => ReadUntilRefusedAsync(read)).ToList();
        await Eventually.HoldsAsync(() => rush.Answered > ReaderCount, "people ask and read");

        _database.Swallow();
        var refused = await Eventually.EndsAsync(Task.WhenAll(readers), "all who read are refused", TimeSpan.FromSeconds(60));
        var answered = rush.Answered;
        await Eventually.HoldsAsync(() => rush.Answered > answered + ReaderCount, "people are served while the database still hangs");
        _database.ComeBack();

        Assert.All(refused, answer => Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (answer.Status, answer.Code)));
        await Eventually.HoldsAsync(async () => (await system.NewPerson().GetAsync($"/api/activities/{read}")).Status == HttpStatusCode.OK, "reads are answered again");
        await rush.EndsCleanAsync();
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
