using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rsvp.Hosting.ServiceDefaults;

namespace Rsvp.Hosting.Tests;

public sealed class ServiceDefaultsTests
{
    [Theory]
    [InlineData(HealthStatus.Healthy, HttpStatusCode.OK)]
    [InlineData(HealthStatus.Degraded, HttpStatusCode.ServiceUnavailable)]
    [InlineData(HealthStatus.Unhealthy, HttpStatusCode.ServiceUnavailable)]
    public async Task A_service_is_ready_only_when_all_is_well_but_alive_anyhow(HealthStatus status, HttpStatusCode ready)
    {
        await using var service = await StartAsync(() => status);

        Assert.Equal(ready, await StatusAsync(service.Urls.First(), "/health/ready"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service.Urls.First(), "/health/live"));
    }

    [Theory]
    [InlineData("/health/startup")]
    [InlineData("/health/ready")]
    public async Task A_service_that_was_ready_once_has_started_for_good_whichever_probe_saw_it(string probe)
    {
        var status = HealthStatus.Unhealthy;
        await using var service = await StartAsync(() => status);
        var url = service.Urls.First();

        var before = await StatusAsync(url, "/health/startup");
        status = HealthStatus.Healthy;
        var during = await StatusAsync(url, probe);
        status = HealthStatus.Unhealthy;
        var after = await StatusAsync(url, "/health/startup");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK, HttpStatusCode.OK), (before, during, after));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(url, "/health/ready"));
    }

    [Fact]
    public async Task The_answer_names_the_checks_and_their_states_and_no_reasons()
    {
        await using var service = await StartAsync(() => throw new InvalidOperationException("db.internal refused"));
        using var client = new HttpClient();

        using var response = await client.GetAsync(new Uri(new Uri(service.Urls.First()), "/health/ready"));

        Assert.Equal("""{"status":"Unhealthy","checks":{"something":"Unhealthy"}}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Metrics_are_on_the_management_port_and_not_on_the_public_one()
    {
        var managementPort = FreePort();
        await using var service = await StartAsync(managementPort: managementPort);
        var management = service.Urls.Single(url => new Uri(url).Port == managementPort);
        var open = service.Urls.Single(url => new Uri(url).Port != managementPort);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(management, "/metrics"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(open, "/metrics"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(management, "/health/ready"));
    }

    [Fact]
    public async Task A_service_without_a_management_port_shows_its_metrics_on_the_only_one()
    {
        await using var service = await StartAsync();

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(service.Urls.First(), "/metrics"));
    }

    private static async Task<WebApplication> StartAsync(Func<HealthStatus>? check = null, int? managementPort = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(
        [
            new("urls", "http://127.0.0.1:0"),
            new("Logging:LogLevel:Default", "None"),
            new("Management:Port", managementPort?.ToString(null, null)),
        ]);
        builder.AddServiceDefaults();
        builder.Services.AddHealthChecks().AddCheck("something", () => new HealthCheckResult(check?.Invoke() ?? HealthStatus.Healthy), tags: ["ready"]);
        var app = builder.Build();
        app.MapServiceDefaults();
        await app.StartAsync();
        return app;
    }

    private static async Task<HttpStatusCode> StatusAsync(string url, string path)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(new Uri(url), path));
        return response.StatusCode;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
