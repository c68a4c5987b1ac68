using System.Collections.Concurrent;
using System.Net;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;
using Rsvp.Worker.Audit;

namespace Rsvp.EndToEnd.Tests.Faults;

/// <summary>Services are stopped in good order and started again, one after another, while people ask without a pause.</summary>
[Collection(SystemCollection.Name)]
[Trait("Category", "Long")]
public sealed class RollingRestartTests(SystemFixture system)
{
    private const int ConnectionCount = 32;
    private static readonly TimeSpan RestartAtMost = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_rolling_restart_of_every_service_fails_no_request_and_repeats_no_effect()
    {
        var activity = await system.OpenAsync(20);
        var journal = new ConcurrentBag<(Guid Person, Answer Answer)>();
        using var end = new CancellationTokenSource();
        var asking = Enumerable.Range(0, ConnectionCount).Select(_ => AskUntilAsync(activity, journal, end.Token)).ToArray();

        foreach (var service in system.Run.Processes.Select(process => process.Name).Where(name => name is not ("postgres" or "rabbitmq")))
        {
            var before = journal.Count;
            await Eventually.HoldsAsync(() => journal.Count > before, $"people are served before {service} stops");
            await system.Instance.StopAsync(service, CancellationToken.None);
            await system.Instance.StartAsync(service, CancellationToken.None);
            before = journal.Count;
            await Eventually.HoldsAsync(() => journal.Count > before, $"people are served after {service} is back");
        }

        await end.CancelAsync();
        await Task.WhenAll(asking);
        Assert.All(journal, entry => Assert.Contains(entry.Answer.Status, new[] { HttpStatusCode.Created, HttpStatusCode.Accepted }));
        Assert.Equal(journal.Count, await CountAsync(activity, journal.Select(entry => entry.Person)));
        await system.AssertAuditIsCleanAsync();
        var report = await new Auditor(system.Database).RunAsync(new AuditOptions { Journal = [.. journal.Select(entry => Guid.Parse(entry.Answer.RequestId))] });
        Assert.True(report.IsClean, report.ToString());
    }

    /// <summary>One after another asks, and asks again on a new connection when it broke; the key makes it the same request.</summary>
    private async Task AskUntilAsync(Guid activity, ConcurrentBag<(Guid Person, Answer Answer)> journal, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var person = system.NewPerson();
            var answer = await Eventually.ReturnsAsync(
                async () =>
                {
                    try
                    {
                        return await person.SubmitAsync(activity, key: "once", waitSeconds: 5);
                    }
                    catch (HttpRequestException)
                    {
                        return null;
                    }
                },
                "a connection to the API that lasts",
                RestartAtMost);
            journal.Add((person.Id, answer));
        }
    }

    /// <summary>How many of these people have an RSVP, once all that was accepted is applied.</summary>
    private async Task<int> CountAsync(Guid activity, IEnumerable<Guid> people)
    {
        Guid[] asked = [.. people];
        var count = 0;
        await Eventually.HoldsAsync(
            async () =>
            {
                await using var command = system.Database.CreateCommand(
                    "SELECT count(*)::int FROM rsvps WHERE activity_id = $1 AND user_id = ANY ($2) AND status IN ('confirmed', 'waitlisted')");
                command.Parameters.AddWithValue(activity);
                command.Parameters.AddWithValue(asked);
                count = (int)(await command.ExecuteScalarAsync())!;
                return count == asked.Length;
            },
            "everybody who was answered has an RSVP",
            RestartAtMost);
        return count;
    }
}
