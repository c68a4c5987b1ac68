using System.Net;
using System.Net.Sockets;
using Rsvp.Hosting.Auth;

namespace Rsvp.Api.Limits;

/// <summary>Who is counted for a request: the user of a valid token, or the address of everybody else there.</summary>
/// <param name="UserId">Empty when there is no valid token.</param>
/// <param name="Address">Null when there is a valid token, or no address.</param>
internal readonly record struct RequestSource(Guid UserId, IPAddress? Address)
{
    // What one customer of a provider gets, and may number as they like (RFC 6177).
    private const int NetworkBytes = 8;

    internal static RequestSource Of(HttpContext http) => http.User.Identity is { IsAuthenticated: true }
        ? new RequestSource(http.User.UserId(), null)
        : new RequestSource(Guid.Empty, Network(http.Connection.RemoteIpAddress));

    private static IPAddress? Network(IPAddress? address)
    {
        if (address is null || address.IsIPv4MappedToIPv6)
        {
            return address?.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[NetworkBytes..].Clear();
        return new IPAddress(bytes);
    }
}
