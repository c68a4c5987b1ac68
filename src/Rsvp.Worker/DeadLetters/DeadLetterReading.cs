using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MassTransit;
using RabbitMQ.Client;
using Rsvp.Contracts;
using Rsvp.Hosting.Json;

namespace Rsvp.Worker.DeadLetters;

/// <summary>Reads what a dead letter says of itself. Nothing in it is taken for granted: it is here because something was wrong with it.</summary>
internal static class DeadLetterReading
{
    private const string ContractsUrn = "urn:message:Rsvp.Contracts:";

    public static DeadLetter Read(BasicGetResult got)
    {
        var headers = got.BasicProperties.Headers ?? new Dictionary<string, object?>();
        var death = (headers.TryGetValue("x-death", out var deaths) ? deaths as IList<object?> : null)?.FirstOrDefault() as IDictionary<string, object?>;
        var (type, commands, unreadable) = ReadBody(got.Body);
        return new DeadLetter
        {
            Id = got.BasicProperties.MessageId is { Length: > 0 } id ? id : "body-" + Digest(got.Body)[..16],
            Origin = Text(death, "queue") ?? QueueOf(Text(headers, MessageHeaders.FaultInputAddress)),
            Cause = CauseOf(headers, death),
            DiedAt = DiedAt(headers, death),
            MessageType = type,
            Commands = commands,
            UnreadableCommands = unreadable,
            Properties = got.BasicProperties,
            Body = got.Body,
            DeliveryTag = got.DeliveryTag,
        };
    }

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public static string Digest(ReadOnlyMemory<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body.Span));

    /// <summary>A header as text; null when it is not there.</summary>
    public static string? Text(IDictionary<string, object?>? headers, string name) =>
        headers is null || !headers.TryGetValue(name, out var value) ? null : Show(value);

    /// <summary>A header's value for people.</summary>
    public static string? Show(object? value) => value switch
    {
        null => null,
        byte[] text => Encoding.UTF8.GetString(text),
        AmqpTimestamp time => DateTimeOffset.FromUnixTimeSeconds(time.UnixTime).ToString("O", CultureInfo.InvariantCulture),
        IDictionary<string, object?> table => "{" + string.Join(", ", table.Select(pair => $"{pair.Key}: {Show(pair.Value)}")) + "}",
        IList<object?> list => "[" + string.Join(", ", list.Select(Show)) + "]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static string CauseOf(IDictionary<string, object?> headers, IDictionary<string, object?>? death)
    {
        if (death is not null)
        {
            return Text(death, "reason") switch
            {
                "delivery_limit" => "given up by the broker: delivered again and again, never acknowledged",
                var reason => $"given up by the broker: {reason}",
            };
        }

        var message = Text(headers, MessageHeaders.FaultMessage);
        return (Text(headers, MessageHeaders.FaultExceptionType), message) switch
        {
            (string exception, _) => $"{exception}: {message}",
            (null, string said) => said,
            _ => "nothing says why",
        };
    }

    private static DateTimeOffset? DiedAt(IDictionary<string, object?> headers, IDictionary<string, object?>? death)
    {
        if (death is not null && death.TryGetValue("time", out var time) && time is AmqpTimestamp stamp)
        {
            return DateTimeOffset.FromUnixTimeSeconds(stamp.UnixTime);
        }

        return DateTimeOffset.TryParse(Text(headers, MessageHeaders.FaultTimestamp), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
    }

    private static string? QueueOf(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) ? Uri.UnescapeDataString(uri.Segments[^1]) : null;

    private static (string Type, IReadOnlyList<Command> Commands, int Unreadable) ReadBody(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return ReadEnvelope(document.RootElement);
        }
        catch (JsonException)
        {
            return ("(no JSON)", [], 0);
        }
    }

    private static (string Type, IReadOnlyList<Command> Commands, int Unreadable) ReadEnvelope(JsonElement envelope)
    {
        var urn = Member(envelope, "messageType") is { ValueKind: JsonValueKind.Array } types
            ? types.EnumerateArray().Select(type => type.ToString()).FirstOrDefault()
            : null;
        var type = urn is null ? "(no envelope)" : urn.StartsWith(ContractsUrn, StringComparison.Ordinal) ? urn[ContractsUrn.Length..] : urn;
        if (type is not (nameof(CommandBatch) or nameof(FailCommands)) || Member(envelope, "message") is not JsonElement message
            || Member(message, "commands") is not { ValueKind: JsonValueKind.Array } elements)
        {
            return (type, [], 0);
        }

        List<Command?> commands = [.. elements.EnumerateArray().Select(ReadCommand)];
        return (type, [.. commands.OfType<Command>()], commands.Count(command => command is null));
    }

    private static Command? ReadCommand(JsonElement element)
    {
        try
        {
            var command = element.Deserialize(ContractJson.Default.Command);
            return command is { Name: not null, Caller: not null } ? command : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : null;
}
