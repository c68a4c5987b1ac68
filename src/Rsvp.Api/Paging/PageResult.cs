using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rsvp.Api.Json;

namespace Rsvp.Api.Paging;

/// <summary>One page of a list: <c>{ "items": […], "nextCursor": … }</c>.</summary>
internal sealed class PageResult<T>(IReadOnlyList<T> items, string? nextCursor, JsonTypeInfo<T> type) : IResult
{
    internal IReadOnlyList<T> Items => items;

    internal string? NextCursor => nextCursor;

    /// <summary>Makes a page of rows of which one more was read than is shown, to know whether there is a next page.</summary>
    internal static PageResult<T> Of(IReadOnlyList<T> rows, int limit, Func<T, Cursor> cursorOf, JsonTypeInfo<T> type)
    {
        var items = rows.Count > limit ? [.. rows.Take(limit)] : rows;
        return new PageResult<T>(items, rows.Count > limit ? cursorOf(items[^1]).ToString() : null, type);
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var buffer = JsonBuffer.Rent();
        buffer.Writer.WriteStartObject();
        WriteTo(buffer.Writer);
        buffer.Writer.WriteEndObject();
        return buffer.SendAsync(httpContext, StatusCodes.Status200OK, "application/json");
    }

    /// <summary>Writes the members of the page into an object that has others too.</summary>
    internal void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("items"u8);
        foreach (var item in items)
        {
            JsonSerializer.Serialize(writer, item, type);
        }

        writer.WriteEndArray();
        writer.WriteString("nextCursor"u8, nextCursor);
    }
}
