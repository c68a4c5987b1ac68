using System.Globalization;

namespace Rsvp.Api.Analytics;

/// <summary>The sums that the database made, by figure and bucket.</summary>
internal sealed class Counts
{
    private static readonly IReadOnlyDictionary<string, Count> None = new Dictionary<string, Count>();
    private readonly Dictionary<string, Dictionary<string, Count>> _figures = new(StringComparer.Ordinal);

    internal Counts(IEnumerable<CountRow> rows)
    {
        foreach (var row in rows)
        {
            if (!_figures.TryGetValue(row.Figure, out var buckets))
            {
                _figures.Add(row.Figure, buckets = new Dictionary<string, Count>(StringComparer.Ordinal));
            }

            buckets[row.Bucket] = new Count(row.People, row.Parties);
        }
    }

    /// <summary>The buckets of a figure; none when nothing was counted.</summary>
    internal IReadOnlyDictionary<string, Count> Of(string figure) => _figures.TryGetValue(figure, out var buckets) ? buckets : None;

    /// <summary>The people of a figure in all its buckets.</summary>
    internal long People(string figure) => Of(figure).Values.Sum(count => count.People);

    /// <summary>The people of a figure by its buckets, which are numbers: hours as Unix seconds, sizes, milliseconds.</summary>
    internal IEnumerable<(long Key, Count Count)> ByNumber(string figure) =>
        Of(figure).Select(bucket => (long.Parse(bucket.Key, CultureInfo.InvariantCulture), bucket.Value));
}

/// <summary>One sum.</summary>
/// <param name="People">People.</param>
/// <param name="Parties">Parties.</param>
internal readonly record struct Count(long People, long Parties);

/// <summary>One sum as the database says it.</summary>
internal sealed record CountRow
{
    public string Figure { get; init; } = "";

    public string Bucket { get; init; } = "";

    public long People { get; init; }

    public long Parties { get; init; }
}
