using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rsvp.Cli.Processes;
using Rsvp.Cli.Servers;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Faults;

/// <summary>Readiness tells the truth while the broker or the database is in trouble.</summary>
[Collection(SystemCollection.Name)]
public sealed class ReadinessTests(SystemFixture system)
{
    [Theory]
    [InlineData("set_vm_memory_high_watermark absolute 1MB", "set_vm_memory_high_watermark 0.4")]
    [InlineData("set_disk_free_limit 100000GB", "set_disk_free_limit 1GB")]
    public async Task During_an_alarm_of_memory_or_disk_commands_are_refused_in_time_and_whoever_publishes_is_not_ready(string raise, string clear)
    {
        SystemFixture.NeedsOwn();
        var activity = await system.OpenAsync(5);
        var person = system.NewPerson();
        await ReadyAsync("api-1", "Healthy");
        await ReadyAsync("worker-1", "Healthy");

        await ControlAsync(raise);
        try
        {
            await ReadyAsync("worker-1", "Unhealthy");
            var during = await person.SubmitAsync(activity, key: "once");

            Assert.Equal(HttpStatusCode.ServiceUnavailable, during.Status);
            Assert.True(during.Code is "outcome_unknown" or "overloaded", during.Code);
            Assert.InRange(during.Took, TimeSpan.Zero, Person.AnsweredWithin);
            await ReadyAsync("api-1", "Unhealthy");
        }
        finally
        {
            await ControlAsync(clear);
        }

        Answer? taken = null;
        await Eventually.HoldsAsync(
            async () => (taken = await person.SubmitAsync(activity, key: "once")).RsvpStatus == "confirmed", "the same request is taken", TimeSpan.FromSeconds(60));
        await ReadyAsync("api-1", "Healthy");
        await ReadyAsync("worker-1", "Healthy");
        await system.AssertAuditIsCleanAsync();
        await system.AssertJournalAsync(activity, [(person, taken!)]);
    }

    [Fact]
    public async Task While_the_database_is_away_every_service_says_so_and_goes_on_living()
    {
        await system.Instance.StopAsync("postgres", CancellationToken.None);
        try
        {
            foreach (var service in new[] { "api-1", "worker-1", "notifier-1" })
            {
                await SaysAsync(service, "ready", HttpStatusCode.ServiceUnavailable, "database", "Degraded");
                await SaysAsync(service, "live", HttpStatusCode.OK);
                await SaysAsync(service, "startup", HttpStatusCode.OK);
            }
        }
        finally
        {
            await system.Instance.StartAsync("postgres", CancellationToken.None);
            system.Database.Clear(); // The test's own connections ended with the server.
        }

        foreach (var service in new[] { "api-1", "worker-1", "notifier-1" })
        {
            await SaysAsync(service, "ready", HttpStatusCode.OK, "database", "Healthy");
        }
    }

    [Fact]
    public async Task Over_the_length_limit_of_its_queue_a_command_is_503_overloaded_until_the_workers_have_drained_it()
    {
        var activity = await system.OpenAsync(5);
        string[] workers = ["worker-1", "worker-2"];
        var accepted = new List<(Person Person, Answer Answer)>();
        Answer refused;
        await ControlAsync("set_policy short ^rsvp\\.partition\\. {\"max-length\":5} --apply-to queues");
        foreach (var worker in workers) system.Instance.Send(worker, Signal.Stop);
        try
        {
            while (true)
            {
                var person = system.NewPerson();
                var answer = await person.SubmitAsync(activity, waitSeconds: 0);
                if (answer.Status != HttpStatusCode.Accepted)
                {
                    refused = answer;
                    break;
                }

                accepted.Add((person, answer));
                Assert.True(accepted.Count < 200, "The queue has no limit.");
            }
        }
        finally
        {
            foreach (var worker in workers) system.Instance.Send(worker, Signal.Continue);
        }

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "overloaded"), (refused.Status, refused.Code));
        Assert.InRange(refused.Took, TimeSpan.Zero, Person.AnsweredWithin);
        try
        {
            // As long as the policy stands, so that it is the workers that make room.
            await Eventually.HoldsAsync(async () => (await system.NewPerson().SubmitAsync(activity)).RsvpStatus is not null, "commands are taken again", TimeSpan.FromSeconds(60));
        }
        finally
        {
            await ControlAsync("clear_policy short");
        }

        await system.AssertJournalAsync(activity, accepted);
        await system.AssertAuditIsCleanAsync();
    }

    private Task ControlAsync(string command) =>
        Assert.IsType<LocalRabbit>(system.Instance.Rabbit).ControlAsync(command.Split(' '), CancellationToken.None);

    private Task ReadyAsync(string service, string broker) =>
        SaysAsync(service, "ready", broker == "Healthy" ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, "broker", broker);

    private async Task SaysAsync(string service, string probe, HttpStatusCode status, string? check = null, string? state = null)
    {
        var address = new Uri(system.Run.Metrics.Single(metrics => metrics.Name == service).Url);
        await Eventually.HoldsAsync(
            async () =>
            {
                using var response = await system.Http.GetAsync(new Uri(address, $"/health/{probe}"));
                var body = await response.Content.ReadFromJsonAsync<JsonElement>();
                return response.StatusCode == status && (check is null || body.GetProperty("checks").GetProperty(check).GetString() == state);
            },
            $"{service} says {(int)status} of {probe}");
    }
}
