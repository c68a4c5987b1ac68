using System.Text.RegularExpressions;

namespace Rsvp.Hosting.Messaging;

/// <summary>Where the broker is, as <c>ConnectionStrings:RabbitMq</c> says: <c>amqp://user:password@host:5672/</c>, or with every node of a cluster, <c>…@one:5672,two:5672,three:5672/</c>.</summary>
public sealed partial record BrokerAddress
{
    private const int DefaultPort = 5672;

    /// <summary>The URL with the first node alone.</summary>
    public required Uri Url { get; init; }

    /// <summary>All nodes in the order in which they are tried, the first among them; at least one.</summary>
    public required IReadOnlyList<(string Host, int Port)> Nodes { get; init; }

    /// <summary>Reads a connection string.</summary>
    /// <param name="text">The connection string.</param>
    /// <exception cref="UriFormatException">It is no URL.</exception>
    public static BrokerAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (AuthorityPattern().Match(text) is not { Success: true } match)
        {
            throw new UriFormatException("The address of a broker is amqp://user:password@host:port/.");
        }

        Uri[] urls = [.. match.Groups["hosts"].Value.Split(',').Select(host => new Uri(match.Groups["before"].Value + host + match.Groups["after"].Value))];
        return new BrokerAddress { Url = urls[0], Nodes = [.. urls.Select(url => (url.Host, url.Port > 0 ? url.Port : DefaultPort))] };
    }

    [GeneratedRegex("^(?<before>[a-z]+://(?:[^@/]*@)?)(?<hosts>[^/]+)(?<after>.*)$", RegexOptions.IgnoreCase)]
    private static partial Regex AuthorityPattern();
}
