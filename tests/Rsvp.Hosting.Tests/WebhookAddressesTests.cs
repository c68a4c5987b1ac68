using System.Net;
using Rsvp.Hosting.Webhooks;

namespace Rsvp.Hosting.Tests;

public sealed class WebhookAddressesTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.1")]
    [InlineData("192.0.2.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::7f00:1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void An_address_that_is_not_of_the_public_internet_is_refused(string address)
    {
        Assert.False(WebhookAddresses.IsPublic(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:80b::200e")]
    public void A_public_address_is_not(string address)
    {
        Assert.True(WebhookAddresses.IsPublic(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("https://example.org/hook?a=b", null)]
    [InlineData("https://example.org:8443/", null)]
    [InlineData("http://example.org/", "Must begin with https://.")]
    [InlineData("ftp://example.org/", "Must begin with https://.")]
    [InlineData("https://user:secret@example.org/", "Must have neither user name nor fragment.")]
    [InlineData("https://example.org/#top", "Must have neither user name nor fragment.")]
    [InlineData("/hook", "Must be")]
    [InlineData("example.org", "Must be an absolute URL.")]
    [InlineData("https://10.0.0.1/", "Must not lead to a private address.")]
    [InlineData("https://2130706433/", "Must not lead to a private address.")]
    [InlineData("https://0x7f.1/", "Must not lead to a private address.")]
    [InlineData("https://[::ffff:192.168.0.1]/", "Must not lead to a private address.")]
    public void A_url_is_judged_when_it_is_registered(string url, string? refusal)
    {
        var reason = WebhookAddresses.Refuse(url, allowsPrivate: false);

        Assert.StartsWith(refusal ?? "", reason ?? "", StringComparison.Ordinal);
        Assert.Equal(refusal is null, reason is null);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000/")]
    [InlineData("https://10.0.0.1/")]
    public void In_development_private_addresses_and_plain_http_are_allowed(string url)
    {
        Assert.Null(WebhookAddresses.Refuse(url, allowsPrivate: true));
    }
}
