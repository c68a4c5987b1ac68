using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;
using Microsoft.Extensions.Configuration;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.Messaging.Json;

namespace Rsvp.Hosting.Tests.Messaging;

/// <summary>What reads and writes messages on every bus.</summary>
public sealed class MessageJsonTests
{
    private static readonly IConfiguration Configuration = new ConfigurationBuilder()
        .AddInMemoryCollection([new("ConnectionStrings:RabbitMq", "amqp://nobody@127.0.0.1:1/")])
        .Build();

    [Fact]
    public void Our_messages_are_read_by_generated_code()
    {
        var bus = Bus.Factory.CreateUsingRabbitMq(broker =>
        {
            broker.UseBroker(Configuration, "test");
            broker.ReceiveEndpoint("queue", _ => { });
        });
        // Control: what a bus has that nobody tells.
        var control = Bus.Factory.CreateUsingRabbitMq(broker => broker.ReceiveEndpoint("queue", _ => { }));

        Assert.Contains(nameof(ContractSerializer), JsonSerializer.Serialize(bus.GetProbeResult().Results), StringComparison.Ordinal);
        Assert.DoesNotContain(nameof(ContractSerializer), JsonSerializer.Serialize(control.GetProbeResult().Results), StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_of_others_are_written_without_white_space_and_read_without_looking_for_comments()
    {
        Bus.Factory.CreateUsingRabbitMq(bus => bus.UseBroker(Configuration, "test"));

        var json = SystemTextJsonMessageSerializer.Options;
        Assert.Equal("""{"partition":3}""", JsonSerializer.Serialize(new Small(3), json));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Small>("""{"partition":/* none */3}""", json));
    }

    private sealed record Small(int Partition);
}
