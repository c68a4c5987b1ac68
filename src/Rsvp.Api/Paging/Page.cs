namespace Rsvp.Api.Paging;

/// <summary>One page of a list.</summary>
/// <param name="Items">What is on it.</param>
/// <param name="NextCursor">The <c>cursor</c> of the next page; null when this is the last.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>Makes pages.</summary>
internal static class Page
{
    /// <summary>Makes a page of rows of which one more was read than is shown, to know whether there is a next page.</summary>
    internal static Page<T> Of<T>(IReadOnlyList<T> rows, int limit, Func<T, Cursor> cursorOf)
    {
        IReadOnlyList<T> items = rows.Count > limit ? [.. rows.Take(limit)] : rows;
        return new Page<T>(items, rows.Count > limit ? cursorOf(items[^1]).ToString() : null);
    }
}
