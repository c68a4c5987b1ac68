using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Rsvp.Api.Limits;
using Rsvp.Api.Tests.Http;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Limits;

/// <summary>Who asks too much waits; who asks once never does.</summary>
public sealed class RateLimitTests
{
    private static readonly (string, string)[] Tight =
    [
        ("RateLimits:UserBurst", "3"), ("RateLimits:UserPerSecond", "1"), ("RateLimits:AddressBurst", "3"), ("RateLimits:AddressPerSecond", "1"),
    ];

    private static string SomebodysToken => ApiWorld.Token(Guid.NewGuid());

    [Fact]
    public async Task A_user_who_asks_too_much_waits_as_long_as_the_answer_says_and_nobody_else_does()
    {
        await using var api = await LimitedApi.StartAsync(Tight);
        var token = SomebodysToken;

        var (answered, refusal) = await api.AskUntilRefusedAsync(token);
        using var another = await api.AskAsync(SomebodysToken);

        Assert.InRange(answered, 3, 999);
        Assert.Equal("application/problem+json", refusal.Content.Headers.ContentType?.MediaType);
        Assert.Equal("rate_limited", JsonDocument.Parse(await refusal.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString());
        Assert.Equal(TimeSpan.FromSeconds(1), refusal.Headers.RetryAfter?.Delta);
        Assert.Equal(404, (int)another.StatusCode);
        await Eventually.HoldsAsync(async () => (int)(await api.AskAsync(token)).StatusCode == 404, "the user may ask again");
    }

    [Fact]
    public async Task Without_limits_a_user_may_ask_as_much_as_they_like()
    {
        await using var api = await LimitedApi.StartAsync([.. Tight, ("RateLimits:Enabled", "false")]);
        var token = SomebodysToken;

        for (var i = 0; i < 100; i++)
        {
            using var answer = await api.AskAsync(token);
            Assert.Equal(404, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task Requests_without_a_token_and_with_wrong_ones_are_counted_by_address()
    {
        await using var api = await LimitedApi.StartAsync([.. Tight, ("Proxy:Networks:0", "127.0.0.0/8")]);

        await api.AskUntilRefusedAsync(forwardedFor: "203.0.113.1");
        await api.AskUntilRefusedAsync(ApiWorld.Token(claims => claims["sub"] = "nobody"), "203.0.113.2");
        using var another = await api.AskAsync(forwardedFor: "203.0.113.3");
        using var user = await api.AskAsync(SomebodysToken, "203.0.113.1");

        Assert.Equal((401, 404), ((int)another.StatusCode, (int)user.StatusCode));
    }

    [Fact]
    public async Task Behind_a_proxy_what_the_client_says_about_its_address_does_not_count()
    {
        await using var api = await LimitedApi.StartAsync([.. Tight, ("Proxy:Networks:0", "127.0.0.0/8")]);

        // The proxy adds the address that it sees behind what the client sent.
        for (var i = 0; ; i++)
        {
            Assert.True(i < 250, "Nobody was ever refused.");
            using var answer = await api.AskAsync(forwardedFor: $"198.51.100.{i}, 203.0.113.1");
            if ((int)answer.StatusCode == 429)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task Without_a_proxy_nobody_is_believed_about_addresses()
    {
        await using var api = await LimitedApi.StartAsync(Tight);

        for (var i = 0; ; i++)
        {
            Assert.True(i < 250, "Nobody was ever refused.");
            using var answer = await api.AskAsync(forwardedFor: $"203.0.113.{i}");
            if ((int)answer.StatusCode == 429)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task The_addresses_of_one_IPv6_customer_count_as_one()
    {
        await using var api = await LimitedApi.StartAsync([.. Tight, ("Proxy:Networks:0", "127.0.0.0/8")]);

        for (var i = 0; ; i++)
        {
            Assert.True(i < 250, "Nobody was ever refused.");
            using var answer = await api.AskAsync(forwardedFor: $"2001:db8:0:1::{i:x}");
            if ((int)answer.StatusCode == 429)
            {
                break;
            }
        }

        using var neighbour = await api.AskAsync(forwardedFor: "2001:db8:0:2::1");
        Assert.Equal(401, (int)neighbour.StatusCode);
    }

    [Fact]
    public async Task Whoever_asks_how_the_service_is_doing_is_never_refused()
    {
        await using var api = await LimitedApi.StartAsync(Tight);
        await api.AskUntilRefusedAsync();

        for (var i = 0; i < 20; i++)
        {
            using var answer = await api.AskAsync(path: "/health/live");
            Assert.Equal(200, (int)answer.StatusCode);
        }
    }

    [Theory]
    [InlineData(0, 1, 1, 1)]
    [InlineData(1, 0, 1, 1)]
    [InlineData(1, 1, 0, 1)]
    [InlineData(1, 1, 1, 0)]
    [InlineData(1_000_001, 1, 1, 1)]
    public void Limits_have_bounds(int userBurst, int userPerSecond, int addressBurst, int addressPerSecond)
    {
        var options = new RateLimitOptions { UserBurst = userBurst, UserPerSecond = userPerSecond, AddressBurst = addressBurst, AddressPerSecond = addressPerSecond };

        Assert.False(AreValid(options));
        Assert.True(AreValid(new RateLimitOptions()));

        static bool AreValid(RateLimitOptions options) => Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true);
    }
}
