namespace Rsvp.Testing;

/// <summary>The tables of docs/security.md, which tests compare with what is there.</summary>
public static class SecurityPage
{
    /// <summary>The rows of a table as they are written.</summary>
    /// <param name="firstColumn">The head of its first column.</param>
    /// <exception cref="InvalidOperationException">There is no such table.</exception>
    public static async Task<IReadOnlyList<string>> TableAsync(string firstColumn)
    {
        var lines = await File.ReadAllLinesAsync(Repository.PathOf("docs", "security.md"));
        var head = Array.FindIndex(lines, line => line.StartsWith($"| {firstColumn} |", StringComparison.Ordinal));
        if (head < 0)
        {
            throw new InvalidOperationException($"docs/security.md has no table whose first column is '{firstColumn}'.");
        }

        // Below the head is a line of dashes.
        return [.. lines.Skip(head + 2).TakeWhile(line => line.StartsWith('|'))];
    }

    /// <summary>Compares a table with what there is.</summary>
    /// <param name="firstColumn">The head of its first column.</param>
    /// <param name="found">The rows that there should be, in any order.</param>
    /// <returns>What to change in the page; null when nothing.</returns>
    public static async Task<string?> DifferenceAsync(string firstColumn, IReadOnlyCollection<string> found)
    {
        var written = await TableAsync(firstColumn);
        var lines = written.Except(found).Select(row => "- " + row).Concat(found.Except(written).Order(StringComparer.Ordinal).Select(row => "+ " + row)).ToArray();
        return lines.Length == 0 && written.Count == found.Count
            ? null
            : $"The table '{firstColumn}' of docs/security.md is not what there is. Decide, and change one of them:\n{string.Join('\n', lines)}";
    }
}
