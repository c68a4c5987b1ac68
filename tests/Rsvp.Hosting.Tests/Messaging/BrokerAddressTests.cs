using Rsvp.Hosting.Messaging;

namespace Rsvp.Hosting.Tests.Messaging;

public sealed class BrokerAddressTests
{
    [Theory]
    [InlineData("amqp://one:5673/", "amqp://one:5673/", "one:5673")]
    [InlineData("amqp://one", "amqp://one/", "one:5672")]
    [InlineData("amqp://me:secret@one:1,two:2,three/here", "amqp://me:secret@one:1/here", "one:1 two:2 three:5672")]
    [InlineData("amqp://me:a%2Cb%40c@one,two", "amqp://me:a%2Cb%40c@one/", "one:5672 two:5672")]
    public void An_address_names_one_node_or_every_node_of_a_cluster(string text, string url, string nodes)
    {
        var address = BrokerAddress.Parse(text);

        Assert.Equal(new Uri(url), address.Url);
        Assert.Equal(nodes, string.Join(' ', address.Nodes.Select(node => $"{node.Host}:{node.Port}")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("one:5672")]
    [InlineData("amqp://me:secret@/")]
    public void What_is_no_address_is_refused(string text) => Assert.Throws<UriFormatException>(() => BrokerAddress.Parse(text));
}
