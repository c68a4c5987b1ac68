using System.Net.Mime;
using System.Runtime.Serialization;
using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;

namespace Rsvp.Hosting.Messaging.Json;

/// <summary>
/// Reads and writes the messages in Rsvp.Contracts by generated code, in the library's format: whoever has only the library reads what this writes, and this reads what that writes.
/// All other messages, and those with headers that are not text, are the library's.
/// </summary>
/// <remarks>
/// The library makes a tree of any JSON of the envelope, then another of its message, and the message of that. Of hundreds of commands that is megabytes of arrays,
/// which are kept until the whole heap is collected, and a third of the worker's processor in a rush.
/// </remarks>
internal sealed class ContractSerializer : ISerializerFactory, IMessageSerializer, IMessageDeserializer
{
    private static readonly SystemTextJsonMessageSerializer Library = SystemTextJsonMessageSerializer.Instance;

    public ContentType ContentType => Library.ContentType;

    public IMessageSerializer CreateSerializer() => this;

    public IMessageDeserializer CreateDeserializer() => this;

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class => ContractType.Of<T>() is { } type && context.Headers.GetAll().All(header => header.Value is string)
        ? new ContractBody<T>(type, context)
        : Library.GetMessageBody(context);

    public MessageBody GetMessageBody(string text) => Library.GetMessageBody(text);

    public ConsumeContext Deserialize(ReceiveContext receiveContext) => new BodyConsumeContext(
        receiveContext,
        Deserialize(receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress));

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null)
    {
        try
        {
            var json = body.GetBytes();
            return ContractType.Of(json) is { } type ? new ContractContext(type.Read(json)) : Library.Deserialize(body, headers, destinationAddress);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Text that is no UTF-8, or half of a surrogate pair, is the second.
            throw new SerializationException("The message could not be read.", exception);
        }
    }

    public void Probe(ProbeContext context) => context.CreateScope("json").Add("provider", nameof(ContractSerializer));
}
