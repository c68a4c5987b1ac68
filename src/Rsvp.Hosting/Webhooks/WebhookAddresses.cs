using System.Net;
using System.Net.Sockets;

namespace Rsvp.Hosting.Webhooks;

/// <summary>Tells addresses of the public internet from those that a stranger's webhook must not reach.</summary>
public static class WebhookAddresses
{
    /// <summary>The longest URL in characters.</summary>
    public const int UrlMax = 2_048;

    // IANA's special-purpose registries (RFC 6890 and later): everything that is not globally reachable, and what embeds another address.
    private static readonly IPNetwork[] Refused =
    [
        IPNetwork.Parse("0.0.0.0/8"), // this network
        IPNetwork.Parse("10.0.0.0/8"), // private
        IPNetwork.Parse("100.64.0.0/10"), // carrier-grade NAT
        IPNetwork.Parse("127.0.0.0/8"), // loopback
        IPNetwork.Parse("169.254.0.0/16"), // link-local, cloud metadata among them
        IPNetwork.Parse("172.16.0.0/12"), // private
        IPNetwork.Parse("192.0.0.0/24"), // protocol assignments
        IPNetwork.Parse("192.0.2.0/24"), // documentation
        IPNetwork.Parse("192.88.99.0/24"), // 6to4 relays
        IPNetwork.Parse("192.168.0.0/16"), // private
        IPNetwork.Parse("198.18.0.0/15"), // benchmarks
        IPNetwork.Parse("198.51.100.0/24"), // documentation
        IPNetwork.Parse("203.0.113.0/24"), // documentation
        IPNetwork.Parse("224.0.0.0/4"), // multicast
        IPNetwork.Parse("240.0.0.0/4"), // reserved, broadcast
        IPNetwork.Parse("2001::/23"), // protocol assignments, Teredo among them
        IPNetwork.Parse("2001:db8::/32"), // documentation
        IPNetwork.Parse("2002::/16"), // 6to4, which embeds any IPv4 address
        IPNetwork.Parse("3fff::/20"), // documentation
    ];

    // Of IPv6 only this is handed out at all: loopback, link-local, unique local, multicast and NAT64 are outside.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Whether an address belongs to the public internet.</summary>
    /// <param name="address">An address after name resolution; an IPv4 address inside an IPv6 one counts as what it is.</param>
    public static bool IsPublic(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return (plain.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(plain))
            && !Array.Exists(Refused, network => network.Contains(plain));
    }

    /// <summary>Says why a URL cannot be a webhook's; names are resolved only when sending.</summary>
    /// <param name="url">What a user registers.</param>
    /// <param name="allowsPrivate">Whether plain HTTP and private addresses are allowed.</param>
    /// <returns>Null when it can be.</returns>
    public static string? Refuse(string url, bool allowsPrivate)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            return "Must be an absolute URL.";
        }

        if (uri.Scheme != Uri.UriSchemeHttps && !(allowsPrivate && uri.Scheme == Uri.UriSchemeHttp))
        {
            return "Must begin with https://.";
        }

        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            return "Must have neither user name nor fragment.";
        }

        return !allowsPrivate && IPAddress.TryParse(uri.DnsSafeHost, out var address) && !IsPublic(address)
            ? "Must not lead to a private address."
            : null;
    }
}
