namespace Rsvp.Worker.Decisions;

/// <summary>What a batch knows of a line without having loaded it: enough to say the position of the parties it touches.</summary>
/// <param name="loadedPlaces">Places in line when the batch was loaded.</param>
internal sealed class LineView(int loadedPlaces)
{
    private readonly Dictionary<long, int> _ranks = [];
    private readonly List<long> _left = [];
    private int _joined;

    /// <summary>A lower bound of the people in the smallest waiting place.</summary>
    public int SmallestPlaceSpots { get; private set; } = int.MaxValue;

    /// <summary>Tells the rank of a place when the batch was loaded.</summary>
    public void LoadRank(long lineKey, int rank) => _ranks[lineKey] = rank;

    /// <summary>Tells the people in the smallest place when the batch was loaded.</summary>
    public void LoadSmallest(int spots) => SmallestPlaceSpots = Math.Min(SmallestPlaceSpots, spots);

    /// <summary>Follows a party from place to place; a place that keeps its key keeps its rank.</summary>
    public void Follow(LinePlace? before, LinePlace? after)
    {
        if (after is not null)
        {
            LoadSmallest(after.Spots);
        }

        if (before?.LineKey == after?.LineKey)
        {
            return;
        }

        if (before is not null)
        {
            _left.Add(before.LineKey);
        }

        if (after is not null && !_ranks.ContainsKey(after.LineKey))
        {
            // New keys are handed out at the end of the line.
            _ranks[after.LineKey] = loadedPlaces + ++_joined;
        }
    }

    /// <summary>The position of a place now, 1 is next; null when its rank was not loaded.</summary>
    public int? PositionOf(LinePlace? place)
    {
        if (place is null || !_ranks.TryGetValue(place.LineKey, out var rank))
        {
            return null;
        }

        var leftAhead = 0;
        foreach (var lineKey in _left)
        {
            leftAhead += lineKey < place.LineKey ? 1 : 0;
        }

        return rank - leftAhead;
    }
}
