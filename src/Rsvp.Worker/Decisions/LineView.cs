namespace Rsvp.Worker.Decisions;

/// <summary>What a batch knows of a line without having loaded it: enough to say the position of the parties it touches.</summary>
/// <param name="loadedPlaces">Places in line when the batch was loaded.</param>
/// <param name="nextLineKey">The key that the next place got then: keys from there on are new.</param>
internal sealed class LineView(int loadedPlaces, long nextLineKey)
{
    private readonly Dictionary<long, int> _ranks = [];
    private readonly HashSet<long> _left = [];
    private readonly Dictionary<long, int> _fixed = [];
    private int _joined;

    /// <summary>A lower bound of the people in the smallest waiting place.</summary>
    public int SmallestPlaceSpots { get; private set; } = int.MaxValue;

    /// <summary>Tells the rank of a place when the batch was loaded.</summary>
    public void LoadRank(long lineKey, int rank) => _ranks[lineKey] = rank;

    /// <summary>Tells the people in the smallest place when the batch was loaded.</summary>
    public void LoadSmallest(int spots) => SmallestPlaceSpots = Math.Min(SmallestPlaceSpots, spots);

    /// <summary>A place is taken, or is of another size now; one that keeps its key keeps its rank.</summary>
    public void Take(LinePlace place)
    {
        LoadSmallest(place.Spots);
        if (!_ranks.ContainsKey(place.LineKey) && place.LineKey >= nextLineKey)
        {
            // New keys are handed out at the end of the line.
            _ranks[place.LineKey] = loadedPlaces + ++_joined;
        }
    }

    /// <summary>A place was left by everybody in it.</summary>
    public void Leave(LinePlace place) => _left.Add(place.LineKey);

    /// <summary>Says the position of a place that was moved.</summary>
    public void FixPosition(long lineKey, int position) => _fixed[lineKey] = position;

    /// <summary>The position of a place now, 1 is next; null when its rank was not loaded.</summary>
    public int? PositionOf(LinePlace? place)
    {
        if (place is not null && _fixed.TryGetValue(place.LineKey, out var moved))
        {
            return moved;
        }

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
