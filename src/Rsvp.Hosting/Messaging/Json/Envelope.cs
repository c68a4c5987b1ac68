using MassTransit;
using MassTransit.Metadata;
using MassTransit.Serialization;

namespace Rsvp.Hosting.Messaging.Json;

/// <summary>The library's envelope around a message, field by field, with the message as what it is and not as any JSON.</summary>
/// <typeparam name="T">One of the messages in Rsvp.Contracts.</typeparam>
public sealed record Envelope<T> : MessageEnvelope
    where T : class
{
    /// <summary>An envelope to be filled in.</summary>
    public Envelope()
    {
    }

    /// <summary>Around a message that is about to be sent.</summary>
    /// <param name="context">The message, and where it goes.</param>
    internal Envelope(SendContext<T> context)
    {
        var envelope = new JsonMessageEnvelope(context, context.Message);
        MessageId = envelope.MessageId;
        RequestId = envelope.RequestId;
        CorrelationId = envelope.CorrelationId;
        ConversationId = envelope.ConversationId;
        InitiatorId = envelope.InitiatorId;
        SourceAddress = envelope.SourceAddress;
        DestinationAddress = envelope.DestinationAddress;
        ResponseAddress = envelope.ResponseAddress;
        FaultAddress = envelope.FaultAddress;
        MessageType = envelope.MessageType;
        Message = context.Message;
        ExpirationTime = envelope.ExpirationTime;
        SentTime = envelope.SentTime;
        Headers = envelope.Headers;
        Host = envelope.Host as BusHostInfo;
    }

    /// <inheritdoc/>
    public string? MessageId { get; init; }

    /// <inheritdoc/>
    public string? RequestId { get; init; }

    /// <inheritdoc/>
    public string? CorrelationId { get; init; }

    /// <inheritdoc/>
    public string? ConversationId { get; init; }

    /// <inheritdoc/>
    public string? InitiatorId { get; init; }

    /// <inheritdoc/>
    public string? SourceAddress { get; init; }

    /// <inheritdoc/>
    public string? DestinationAddress { get; init; }

    /// <inheritdoc/>
    public string? ResponseAddress { get; init; }

    /// <inheritdoc/>
    public string? FaultAddress { get; init; }

    /// <summary>URNs of the message's types; before the message, so that a reader knows the type when it comes to it.</summary>
    public string[]? MessageType { get; init; }

    /// <summary>The message.</summary>
    public T? Message { get; init; }

    /// <inheritdoc/>
    public DateTime? ExpirationTime { get; init; }

    /// <inheritdoc/>
    public DateTime? SentTime { get; init; }

    /// <inheritdoc/>
    public Dictionary<string, object?>? Headers { get; init; }

    /// <summary>Who sent it.</summary>
    public BusHostInfo? Host { get; init; }

    object? MessageEnvelope.Message => Message;

    HostInfo? MessageEnvelope.Host => Host;
}
