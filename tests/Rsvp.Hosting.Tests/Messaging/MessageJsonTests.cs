using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;
using Microsoft.Extensions.Configuration;
using Rsvp.Hosting.Messaging;

namespace Rsvp.Hosting.Tests.Messaging;

/// <summary>How messages are written: for machines, which read them four times in a rush.</summary>
public sealed class MessageJsonTests
{
    [Fact]
    public void Messages_are_written_without_white_space_and_read_without_looking_for_comments()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:RabbitMq", "amqp://nobody@127.0.0.1:1/")]).Build();

        Bus.Factory.CreateUsingRabbitMq(bus => bus.UseBroker(configuration, "test"));

        var json = SystemTextJsonMessageSerializer.Options;
        Assert.Equal("""{"partition":3}""", JsonSerializer.Serialize(new Small(3), json));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Small>("""{"partition":/* none */3}""", json));
    }

    private sealed record Small(int Partition);
}
