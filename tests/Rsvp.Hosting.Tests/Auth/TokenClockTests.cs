using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Rsvp.Hosting.Auth;
using Rsvp.Hosting.FailPoints;

namespace Rsvp.Hosting.Tests.Auth;

/// <summary>Tokens at a service whose clock is minutes fast or slow.</summary>
public sealed class TokenClockTests
{
    private const string Key = "a signing key of 64 characters, long enough for HS512 as well....";

    [Theory]
    [InlineData(0, 5, HttpStatusCode.OK)]
    [InlineData(10, 5, HttpStatusCode.Unauthorized)] // It seems to have ended.
    [InlineData(10, 60, HttpStatusCode.OK)]
    [InlineData(-10, 60, HttpStatusCode.Unauthorized)] // It seems not to have begun.
    [InlineData(0.4, 60, HttpStatusCode.OK)]
    [InlineData(-0.4, 60, HttpStatusCode.OK)]
    public async Task A_service_whose_clock_is_wrong_refuses_what_it_cannot_tell_to_be_good(double fastMinutes, double lifetimeMinutes, HttpStatusCode status)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(
            [new("Logging:LogLevel:Default", "None"), new("urls", "http://127.0.0.1:0"), new("Jwt:Issuer", "tests"), new("Jwt:Audience", "tests"), new("Jwt:Key", Key)]);
        builder.Services.AddSingleton<TimeProvider>(new SkewedClock(TimeSpan.FromMinutes(fastMinutes)));
        builder.AddTokenAuth();
        await using var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/", () => "hello");
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token(TimeSpan.FromMinutes(lifetimeMinutes)));

        using var response = await client.GetAsync(new Uri("/", UriKind.Relative));

        Assert.Equal(status, response.StatusCode);
        await app.StopAsync();
    }

    private static string Token(TimeSpan lifetime)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "tests",
            Audience = "tests",
            IssuedAt = now,
            NotBefore = now,
            Expires = now + lifetime,
            Claims = new Dictionary<string, object> { ["sub"] = Guid.NewGuid().ToString() },
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Key)), SecurityAlgorithms.HmacSha256),
        });
    }
}
