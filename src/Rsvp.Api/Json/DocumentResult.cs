using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rsvp.Api.Json;

/// <summary>200, or another success, with one document.</summary>
internal sealed class DocumentResult<T>(T document, JsonTypeInfo<T> type) : IResult
{
    internal T Document => document;

    /// <summary>The entity tag; null for none.</summary>
    internal string? ETag { get; init; }

    internal int Status { get; init; } = StatusCodes.Status200OK;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (ETag is not null)
        {
            httpContext.Response.Headers.ETag = ETag;
        }

        var buffer = JsonBuffer.Rent();
        JsonSerializer.Serialize(buffer.Writer, document, type);
        return buffer.SendAsync(httpContext, Status, "application/json");
    }
}
