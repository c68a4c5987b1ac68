using Rsvp.Api.Tests.Limits;

namespace Rsvp.Api.Tests.Attacks;

/// <summary>What browsers are told about the way here.</summary>
public sealed class TransportTests
{
    [Theory]
    [InlineData("https", "127.0.0.0/8", true)]
    [InlineData("http", "127.0.0.0/8", false)]
    [InlineData("https", "10.0.0.0/8", false)]
    public async Task Over_HTTPS_browsers_are_told_to_stay_there(string scheme, string proxies, bool stay)
    {
        await using var api = await LimitedApi.StartAsync(("Proxy:Networks:0", proxies));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/health/live", UriKind.Relative));
        request.Headers.Add("X-Forwarded-Proto", scheme);
        request.Headers.Add("X-Forwarded-For", "203.0.113.1");

        using var answer = await api.Client.SendAsync(request);

        Assert.Equal(stay, answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task A_proxy_that_is_no_network_is_a_mistake_that_shows_at_once()
    {
        await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => LimitedApi.StartAsync(("Proxy:Networks:0", "the one in the cellar")));
    }
}
