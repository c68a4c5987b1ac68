using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Rsvp.Hosting.ServiceDefaults;

namespace Rsvp.Hosting.Tests.Secrets;

/// <summary>Secrets that everybody knows, in production and on a developer's machine.</summary>
public sealed class KnownSecretsTests
{
    [Theory]
    [InlineData("ConnectionStrings:Postgres", "Host=db;Username=rsvp_api;Password=postgres")]
    [InlineData("ConnectionStrings:Postgres", "Host=db;Username=rsvp_api;Password=rsvp_api")]
    [InlineData("ConnectionStrings:Migrations", "Host=db;Username=rsvp_owner;Password=Password")]
    [InlineData("ConnectionStrings:RabbitMq", "amqp://guest:guest@broker:5672/")]
    [InlineData("ConnectionStrings:RabbitMq", "amqp://rsvp_api:rsvp_api@broker:5672/")]
    [InlineData("ConnectionStrings:RabbitMq", "amqp://rsvp_api:rsvp_api@one:5672,two:5672/")]
    [InlineData("ConnectionStrings:RabbitMq", "amqp://broker:5672/")]
    [InlineData("Jwt:Key", "a-string-secret-at-least-256-bits-long")]
    [InlineData("Jwt:Key", "your-256-bit-secret-your-256-bit-secret")]
    [InlineData("Jwt:Key", "00000000000000000000000000000000")]
    [InlineData("Jwt:Issuer", "rsvp-development")]
    [InlineData("RequestIds:Key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task A_secret_that_everybody_knows_is_refused_but_in_development(string setting, string value)
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync("Production", setting, value));

        Assert.Contains(setting, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, refusal.Message, StringComparison.Ordinal);
        await StartAsync("Development", setting, value);
    }

    [Theory]
    [InlineData("ConnectionStrings:Postgres", "Host=db;Username=rsvp_api;Password=9f86d081884c7d659a2feaa0c55ad015")]
    [InlineData("ConnectionStrings:Postgres", "Host=/run/postgresql;Username=rsvp_api")]
    [InlineData("ConnectionStrings:RabbitMq", "amqp://rsvp_api:9f86d081884c7d659a2feaa0c55ad015@broker:5672/")]
    [InlineData("Jwt:Key", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    public async Task A_secret_of_ones_own_is_taken_everywhere(string setting, string value) => await StartAsync("Production", setting, value);

    private static async Task StartAsync(string environment, string setting, string value)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection([new("Logging:LogLevel:Default", "None"), new("urls", "http://127.0.0.1:0"), new(setting, value)]);
        builder.AddServiceDefaults();
        await using var app = builder.Build();
        await app.StartAsync();
        await app.StopAsync();
    }
}
