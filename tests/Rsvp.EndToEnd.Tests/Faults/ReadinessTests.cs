using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rsvp.Cli.Servers;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Faults;

/// <summary>Readiness tells the truth while the broker or the database is in trouble.</summary>
[Collection(SystemCollection.Name)]
public sealed class ReadinessTests(SystemFixture system)
{
    [Fact]
    public async Task During_a_memory_alarm_commands_are_refused_in_time_and_whoever_publishes_is_not_ready()
    {
        var activity = await system.OpenAsync(5);
        var person = system.NewPerson();
        await ReadyAsync("api-1", "Healthy");
        await ReadyAsync("worker-1", "Healthy");

        await SetMemoryLimitAsync("absolute", "1MB");
        try
        {
            await ReadyAsync("worker-1", "Unhealthy");
            var during = await person.SubmitAsync(activity, key: "once");

            Assert.Equal(HttpStatusCode.ServiceUnavailable, during.Status);
            Assert.True(during.Code is "outcome_unknown" or "overloaded", during.Code);
            await ReadyAsync("api-1", "Unhealthy");
        }
        finally
        {
            await SetMemoryLimitAsync("0.4");
        }

        await Eventually.HoldsAsync(
            async () => (await person.SubmitAsync(activity, key: "once")).RsvpStatus == "confirmed", "the same request is taken", TimeSpan.FromSeconds(60));
        await ReadyAsync("api-1", "Healthy");
        await ReadyAsync("worker-1", "Healthy");
        await system.AssertAuditIsCleanAsync();
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

    private Task SetMemoryLimitAsync(params IEnumerable<string> limit) =>
        Assert.IsType<LocalRabbit>(system.Instance.Rabbit).ControlAsync(["set_vm_memory_high_watermark", .. limit], CancellationToken.None);

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
