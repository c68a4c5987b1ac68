using System.Text.Json;

namespace Rsvp.Cli.Soak;

/// <summary>What one response said about one request.</summary>
/// <param name="StatusCode">Of HTTP.</param>
/// <param name="RequestId">The request that it is about; null when it names none.</param>
/// <param name="Outcome"><c>completed</c> or <c>rejected</c> when it was decided; null before.</param>
/// <param name="Code">The problem's code; null without a problem.</param>
/// <param name="Rsvp">What the RSVP was like after the command; null when there is none.</param>
/// <param name="ActivityId">Its activity, when told.</param>
internal sealed record SeenAnswer(int StatusCode, Guid? RequestId, string? Outcome, string? Code, SeenRsvp? Rsvp, Guid? ActivityId = null)
{
    /// <summary>Stored by the broker or decided: from now on the request cannot be lost.</summary>
    internal bool IsAccepted => RequestId is not null && (StatusCode == 202 || IsDecided || IsPending);

    internal bool IsDecided => Outcome is not null;

    /// <summary>The client is told to come again: nothing is known, or nothing was sent.</summary>
    internal bool SaysLater => StatusCode is 429 or 503;

    private bool IsPending => StatusCode == 200 && Outcome is null;

    internal static SeenAnswer Read(int statusCode, string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            Guid? requestId = Text(root, "requestId") is { } id && Guid.TryParse(id, out Guid parsed) ? parsed : null;

            // A refusal that was decided is a problem over HTTP, and a member of the document of its request.
            string? code = Text(root, "code") ?? (Member(root, "problem") is { } problem ? Text(problem, "code") : null);
            string? outcome = Text(root, "status") switch
            {
                "completed" => "completed",
                "rejected" => "rejected",
                _ when statusCode is >= 400 and not (429 or 503) && requestId is not null => "rejected",
                _ => null,
            };
            SeenRsvp? rsvp = outcome == "completed" && Member(root, "rsvp") is { } seen
                ? new SeenRsvp(seen.GetProperty("id").GetGuid(), Text(seen, "status")!, seen.GetProperty("guestCount").GetInt32(), seen.GetProperty("version").GetInt64())
                : null;
            Guid? activityId = Text(root, "activityId") is { } activity && Guid.TryParse(activity, out Guid named) ? named : null;
            return new SeenAnswer(statusCode, requestId, outcome, code, rsvp, activityId);
        }
        catch (JsonException)
        {
            return new SeenAnswer(statusCode, null, null, null, null);
        }
    }

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>What an outcome says about an RSVP that can never change afterwards.</summary>
internal sealed record SeenRsvp(Guid Id, string Status, int GuestCount, long Version);
