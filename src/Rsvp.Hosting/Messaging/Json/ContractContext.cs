using System.Diagnostics.CodeAnalysis;
using MassTransit.Serialization;

namespace Rsvp.Hosting.Messaging.Json;

/// <summary>A message of ours that was read: it is of its type and of no other.</summary>
internal sealed class ContractContext(MessageEnvelope envelope) : SystemTextJsonSerializerContext(
    SystemTextJsonMessageSerializer.Instance,
    SystemTextJsonMessageSerializer.Options,
    SystemTextJsonMessageSerializer.JsonContentType,
    new EnvelopeMessageContext(envelope, SystemTextJsonMessageSerializer.Instance),
    envelope.MessageType ?? [],
    envelope)
{
    public override bool TryGetMessage<T>([NotNullWhen(true)] out T? message)
        where T : class => (message = Message as T) is not null;

    public override bool TryGetMessage(Type messageType, [NotNullWhen(true)] out object? message) =>
        (message = messageType.IsInstanceOfType(Message) ? Message : null) is not null;
}
