using System.Net;

namespace Rsvp.Api.Edge;

/// <summary>Which proxies stand in front of the API; section <c>Proxy</c>. Only they are believed about the client's address and scheme.</summary>
internal sealed class ProxyOptions
{
    /// <summary>Networks of the proxies, such as <c>10.0.0.0/8</c>; default none: <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are ignored.</summary>
    public IList<string> Networks { get; } = [];

    internal bool AreValid => Named.All(network => IPNetwork.TryParse(network, out _));

    internal IEnumerable<IPNetwork> Parsed => Named.Select(IPNetwork.Parse);

    // An environment variable that is there and empty names nothing.
    private IEnumerable<string> Named => Networks.Where(network => network.Length > 0);
}
