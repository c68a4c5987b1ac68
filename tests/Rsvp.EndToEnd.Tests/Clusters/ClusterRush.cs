using System.Diagnostics;
using System.Globalization;
using Rsvp.Cli.Soak;
using Rsvp.Testing;
using Rsvp.Worker.Audit;

namespace Rsvp.EndToEnd.Tests.Clusters;

/// <summary>People who take a seat of one activity and give it back, again and again without a pause, and keep a journal of every answer.</summary>
internal sealed class ClusterRush : IAsyncDisposable
{
    private const int PersonCount = 24;
    private const int Capacity = 12;

    // As long as an outage of everything may last.
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(90);

    private readonly ClusterFixture _cluster;
    private readonly SoakClient _client;
    private readonly Guid[] _people = [.. Enumerable.Range(0, PersonCount).Select(_ => Guid.NewGuid())];
    private readonly Guid _host = Guid.NewGuid();
    private readonly CancellationTokenSource _end = new();
    private Task _rush = Task.CompletedTask;
    private int _probes;

    private ClusterRush(ClusterFixture cluster)
    {
        _cluster = cluster;
        _client = new SoakClient(new Uri(Rsvp.Cli.Instances.RunFile.Load(cluster.Instance.Home).ApiUrl), cluster.Tokens);
    }

    internal Guid ActivityId { get; private set; }

    private string Path => $"/api/activities/{ActivityId}/rsvp";

    internal static async Task<ClusterRush> BeginAsync(ClusterFixture cluster)
    {
        var rush = new ClusterRush(cluster);
        var startsAt = TimeProvider.System.GetUtcNow().AddDays(30).ToString("O", CultureInfo.InvariantCulture);
        var opened = await rush.AskAsync(rush._host, HttpMethod.Post, "/api/activities", $$"""{"title":"A rush","startsAt":"{{startsAt}}","capacity":{{Capacity}}}""", "open");
        rush.ActivityId = opened.Answers.Select(answer => answer.ActivityId).OfType<Guid>().First();
        rush._rush = Task.WhenAll(rush._people.Select(rush.LiveAsync));
        await rush.GoesOnAsync();
        return rush;
    }

    /// <summary>Waits until so many more requests are accepted.</summary>
    internal Task GoesOnAsync(int count = 100)
    {
        var before = Accepted();
        return Eventually.HoldsAsync(() => Accepted() >= before + count, $"{count} more requests are accepted", AtMost);
    }

    /// <summary>Asks for something and for its outcome.</summary>
    /// <returns>How long that took.</returns>
    internal async Task<TimeSpan> ProbeAsync()
    {
        var clock = Stopwatch.StartNew();
        await AskAsync(Guid.NewGuid(), HttpMethod.Post, Path, "{}", string.Create(CultureInfo.InvariantCulture, $"probe-{_probes++}"));
        return clock.Elapsed;
    }

    /// <summary>Ends the rush, and compares what everybody was told with what is stored.</summary>
    /// <returns>A sentence with the figures.</returns>
    internal async Task<string> EndsCleanAsync()
    {
        await _end.CancelAsync();
        await _rush;
        using var limit = new CancellationTokenSource(AtMost);
        var journal = _client.Journal;
        foreach (var entry in journal)
        {
            await _client.ResolveAsync(entry, limit.Token);
        }

        await Eventually.HoldsAsync(
            async () =>
            {
                await using var command = _cluster.Database.CreateCommand(
                    "SELECT NOT EXISTS (SELECT FROM outbox) AND NOT EXISTS (SELECT FROM activities WHERE vacant_since IS NOT NULL) AND NOT EXISTS (SELECT FROM promotion_sagas WHERE current_state = 'Passing')");
                return await command.ExecuteScalarAsync() is true;
            },
            "everything is at rest",
            AtMost);
        Guid[] users = [.. journal.Select(entry => entry.UserId).Distinct()];
        var findings = JournalCheck.Compare(journal, await StoredOutcomes.ReadAsync(_cluster.Database, users, CancellationToken.None));
        Assert.Empty(findings.All);
        Guid[] accepted = [.. journal.Where(entry => entry.IsAccepted).SelectMany(entry => entry.RequestIds)];
        var audit = await new Auditor(_cluster.Database).RunAsync(new AuditOptions { Journal = accepted });
        Assert.True(audit.IsClean, audit.ToString());
        return string.Create(
            CultureInfo.InvariantCulture, $"{journal.Count} requests, {accepted.Length} accepted, lost {findings.Lost.Count}, doubled {findings.Doubled.Count}, {journal.Sum(entry => entry.SendCount - 1)} sent again");
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _rush;
        _client.Dispose();
        _end.Dispose();
    }

    private int Accepted() => _client.Journal.Count(entry => entry.IsAccepted);

    private async Task LiveAsync(Guid person)
    {
        for (var number = 0; !_end.IsCancellationRequested; number++)
        {
            var method = number % 2 == 0 ? HttpMethod.Post : HttpMethod.Delete;
            await AskAsync(person, method, Path, method == HttpMethod.Post ? "{}" : null, string.Create(CultureInfo.InvariantCulture, $"rush-{number}"));
        }
    }

    private async Task<JournalEntry> AskAsync(Guid user, HttpMethod method, string path, string? body, string key)
    {
        using var limit = new CancellationTokenSource(AtMost);
        var entry = await _client.AskAsync(new SoakRequest(user, method, path, body), key, limit.Token);
        await _client.ResolveAsync(entry, limit.Token);
        return entry;
    }
}
