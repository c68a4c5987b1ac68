using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Rsvp.Api.Json;
using Rsvp.Api.Requests;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Problems;

/// <summary>A refusal on its way out, as RFC 9457; the only place that writes one.</summary>
internal sealed class ProblemResult(string code, string? detail = null) : IResult
{
    internal const string ContentType = "application/problem+json";

    internal ProblemKind Kind { get; } = ProblemCatalog.Find(code);

    internal string? Detail { get; } = detail;

    /// <summary>Messages by field of the body, of the query or of a header; null when no field is to blame.</summary>
    internal IReadOnlyDictionary<string, List<string>>? Errors { get; init; }

    /// <summary>When to try again after a 503 or 429, in whole seconds rounded up; a broken part of the system is looked at once a second.</summary>
    internal TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The request, when a command was accepted or may have been.</summary>
    internal Guid? RequestId { get; init; }

    /// <summary>Present state, for refusals decided in the partition.</summary>
    internal ProblemDocument? Context { get; init; }

    /// <summary>What became of each member, for a refused group; null for other commands.</summary>
    internal IReadOnlyList<MemberResult>? Results { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (Kind.Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
        {
            httpContext.Response.Headers.RetryAfter = Math.Ceiling(RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        var buffer = JsonBuffer.Rent();
        Write(buffer.Writer, Activity.Current?.TraceId.ToHexString() ?? httpContext.TraceIdentifier);
        return buffer.SendAsync(httpContext, Kind.Status, ContentType);
    }

    /// <summary>Writes the members that a refusal decided in the partition has in request documents too.</summary>
    internal static void WriteDecided(Utf8JsonWriter writer, ProblemDocument problem)
    {
        writer.WriteString("code"u8, problem.Code);
        writer.WriteString("title"u8, ProblemCatalog.Find(problem.Code).Title);
        if (problem.Detail is not null)
        {
            writer.WriteString("detail"u8, problem.Detail);
        }

        WriteContext(writer, problem);
    }

    private static void WriteContext(Utf8JsonWriter writer, ProblemDocument problem)
    {
        if (problem.Rsvp is not null)
        {
            writer.WritePropertyName("rsvp"u8);
            JsonSerializer.Serialize(writer, problem.Rsvp, ApiJson.Default.RsvpDocument);
        }

        if (problem.CheckedInAt is { } checkedInAt)
        {
            writer.WriteString("checkedInAt"u8, checkedInAt.UtcDateTime);
        }

        if (problem.CheckedInBy is { } checkedInBy)
        {
            writer.WriteString("checkedInBy"u8, checkedInBy);
        }
    }

    /// <summary>Writes the problem itself.</summary>
    internal void Write(Utf8JsonWriter writer, string traceId)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "urn:rsvp:problem:" + Kind.Code);
        writer.WriteString("title"u8, Kind.Title);
        writer.WriteNumber("status"u8, Kind.Status);
        if (Detail is not null)
        {
            writer.WriteString("detail"u8, Detail);
        }

        writer.WriteString("code"u8, Kind.Code);
        writer.WriteString("traceId"u8, traceId);
        if (RequestId is { } requestId)
        {
            writer.WriteString("requestId"u8, requestId);
        }

        if (Errors is not null)
        {
            WriteErrors(writer, Errors);
        }

        if (Context is not null)
        {
            WriteContext(writer, Context);
        }

        if (Results is not null)
        {
            RequestDocument.WriteResults(writer, Results);
        }

        writer.WriteEndObject();
    }

    private static void WriteErrors(Utf8JsonWriter writer, IReadOnlyDictionary<string, List<string>> errors)
    {
        writer.WriteStartObject("errors"u8);
        foreach (var (field, messages) in errors)
        {
            writer.WriteStartArray(field);
            foreach (var message in messages)
            {
                writer.WriteStringValue(message);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
