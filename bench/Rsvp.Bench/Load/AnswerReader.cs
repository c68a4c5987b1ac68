using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Rsvp.Cli.Storm;

namespace Rsvp.Bench.Load;

/// <summary>Finds in a response what a benchmark wants to know, without making anything of it.</summary>
internal static class AnswerReader
{
    /// <summary>What a response to a submit, or to a question about its request, says.</summary>
    internal static Answer Read(int statusCode, ReadOnlySpan<byte> body)
    {
        Guid requestId = ReadId(After(body, "\"requestId\":\""u8));
        if (statusCode is 200 or 201)
        {
            ReadOnlySpan<byte> rsvp = After(body, "\"rsvp\":{"u8);
            AnswerKind kind = KindOf(After(rsvp, "\"status\":\""u8));
            if (kind is AnswerKind.Confirmed or AnswerKind.Waitlisted or AnswerKind.Cancelled)
            {
                return new Answer(kind, requestId, null);
            }
        }

        return ReadSlowly(statusCode, body, requestId);
    }

    /// <summary>Everything that a benchmark does not see by the thousand.</summary>
    private static Answer ReadSlowly(int statusCode, ReadOnlySpan<byte> body, Guid requestId)
    {
        if (statusCode == 202) return new Answer(AnswerKind.Pending, requestId, null);

        string? code = null;
        string? status = null;
        string? rsvpStatus = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            status = Text(root, "status");
            code = Text(root, "code") ?? (root.TryGetProperty("problem", out JsonElement problem) ? Text(problem, "code") : null);
            rsvpStatus = root.TryGetProperty("rsvp", out JsonElement rsvp) ? Text(rsvp, "status") : null;
        }
        catch (JsonException)
        {
            return new Answer(AnswerKind.Error, requestId, $"http_{statusCode}");
        }

        if (status == "pending") return new Answer(AnswerKind.Pending, requestId, null);
        if (statusCode is 200 or 201 && status == "completed" && rsvpStatus is not null)
        {
            return new Answer(KindOf(Encoding.UTF8.GetBytes(rsvpStatus)), requestId, null);
        }

        bool refused = statusCode is 403 or 404 or 409 or 422 || status == "rejected";
        return new Answer(refused ? AnswerKind.Refused : AnswerKind.Error, requestId, code ?? $"http_{statusCode}");
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static AnswerKind KindOf(ReadOnlySpan<byte> status) =>
        status.StartsWith("confirmed"u8) ? AnswerKind.Confirmed
        : status.StartsWith("waitlisted"u8) ? AnswerKind.Waitlisted
        : status.StartsWith("cancelled"u8) ? AnswerKind.Cancelled
        : AnswerKind.Error;

    private static Guid ReadId(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out Guid id, out _) ? id : Guid.Empty;

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> text, ReadOnlySpan<byte> marker)
    {
        int at = text.IndexOf(marker);
        return at < 0 ? [] : text[(at + marker.Length)..];
    }
}
