using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MassTransit;
using MassTransit.Serialization;
using Rsvp.Hosting.Json;

namespace Rsvp.Hosting.Messaging.Json;

/// <summary>How the envelope of one type of message is read and written: by code that was generated for it.</summary>
internal abstract class ContractType(Type type)
{
    private static readonly ContractType[] All =
    [
        Of(ContractJson.Default.EnvelopeCommandBatch),
        Of(ContractJson.Default.EnvelopeBatchApplied),
        Of(ContractJson.Default.EnvelopeFailCommands),
        Of(ContractJson.Default.EnvelopeActivityChanged),
        Of(ContractJson.Default.EnvelopeNotificationsIssued),
        Of(ContractJson.Default.EnvelopeVacancyOpened),
        Of(ContractJson.Default.EnvelopePassCompleted),
        Of(ContractJson.Default.EnvelopePassOverdue),
    ];

    private static readonly Dictionary<string, ContractType> ByUrn = All.ToDictionary(contract => MessageUrn.ForTypeString(contract._type));
    private static readonly Dictionary<Type, ContractType> ByType = All.ToDictionary(contract => contract._type);

    private readonly Type _type = type;

    /// <summary>Of a message that is about to be sent; null when it is none of ours.</summary>
    public static ContractType<T>? Of<T>()
        where T : class => ByType.GetValueOrDefault(typeof(T)) as ContractType<T>;

    /// <summary>Of an envelope; null when its message is none of ours, or it does not say.</summary>
    /// <param name="json">UTF-8.</param>
    /// <exception cref="JsonException">It is no JSON, as far as was read.</exception>
    public static ContractType? Of(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("messageType"u8);
            reader.Read();
            if (found)
            {
                return reader.TokenType is JsonTokenType.StartArray && reader.Read() && reader.TokenType is JsonTokenType.String
                    ? ByUrn.GetValueOrDefault(reader.GetString()!)
                    : null;
            }

            reader.Skip();
        }

        return null;
    }

    /// <summary>Reads an envelope.</summary>
    /// <param name="json">UTF-8.</param>
    /// <returns>With its message.</returns>
    /// <exception cref="JsonException">It is no JSON, lacks what its type requires, or has no message.</exception>
    public abstract MessageEnvelope Read(ReadOnlySpan<byte> json);

    private static ContractType<T> Of<T>(JsonTypeInfo<Envelope<T>> envelopes)
        where T : class => new(envelopes);
}

/// <summary>The same of a type that is known.</summary>
/// <typeparam name="T">One of the messages in Rsvp.Contracts.</typeparam>
internal sealed class ContractType<T>(JsonTypeInfo<Envelope<T>> envelopes) : ContractType(typeof(T))
    where T : class
{
    public override MessageEnvelope Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, envelopes) is { Message: not null } envelope ? envelope : throw new JsonException("The envelope has no message.");

    public byte[] Write(SendContext<T> context) => JsonSerializer.SerializeToUtf8Bytes(new Envelope<T>(context), envelopes);
}
