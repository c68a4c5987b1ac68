namespace Rsvp.Worker.Audit;

/// <summary>A waiting place in a replay: a party, or a group that waits as one.</summary>
/// <param name="id">The place.</param>
/// <param name="key">Its order in line.</param>
internal sealed class ReplayedPlace(Guid id, long key)
{
    public Guid Id { get; } = id;

    public long Key { get; } = key;

    /// <summary>The parties that wait in it, with their people.</summary>
    public Dictionary<Guid, int> Parties { get; init; } = [];

    /// <summary>People in the whole place.</summary>
    public int Spots { get; set; }

    /// <summary>How often a pass let in somebody from behind since the place stands there.</summary>
    public int Overtaken { get; set; }

    /// <summary>Changes the people of one of its parties.</summary>
    public void Resize(Guid rsvpId, int spots)
    {
        Spots += spots - Parties[rsvpId];
        Parties[rsvpId] = spots;
    }
}

/// <summary>The line of one activity at one moment of a replay.</summary>
internal sealed class ReplayedLine
{
    private readonly Dictionary<Guid, ReplayedPlace> _places = [];
    private readonly SortedSet<ReplayedPlace> _order = new(Comparer<ReplayedPlace>.Create(static (left, right) =>
        left.Key != right.Key ? left.Key.CompareTo(right.Key) : left.Id.CompareTo(right.Id)));

    public bool IsEmpty => _order.Count == 0;

    /// <summary>The key of the last place; null when nobody waits.</summary>
    public long? LastKey => _order.Max?.Key;

    public long PartyCount => _order.Sum(place => (long)place.Parties.Count);

    public decimal KeySum => _order.Sum(place => (decimal)place.Key * place.Parties.Count);

    public ReplayedPlace? Find(Guid placeId) => _places.GetValueOrDefault(placeId);

    /// <summary>The places before another, in order.</summary>
    public IEnumerable<ReplayedPlace> Ahead(ReplayedPlace place) => _order.TakeWhile(other => other != place);

    /// <summary>Puts a party into its place, which is made if it is not there.</summary>
    public ReplayedPlace Join(Guid placeId, Guid rsvpId, int spots, long key)
    {
        if (!_places.TryGetValue(placeId, out var place))
        {
            place = new ReplayedPlace(placeId, key);
            _places.Add(placeId, place);
            _order.Add(place);
        }

        place.Parties[rsvpId] = spots;
        place.Spots += spots;
        return place;
    }

    /// <summary>Takes a party out of its place, and the place out of the line with its last one.</summary>
    public void Leave(ReplayedPlace place, Guid rsvpId)
    {
        if (place.Parties.Remove(rsvpId, out var spots))
        {
            place.Spots -= spots;
        }

        if (place.Parties.Count == 0)
        {
            _order.Remove(place);
            _places.Remove(place.Id);
        }
    }

    /// <summary>Moves a place with everybody in it; its overtakes are counted anew from there.</summary>
    public ReplayedPlace Move(ReplayedPlace place, long key)
    {
        _order.Remove(place);
        var moved = new ReplayedPlace(place.Id, key) { Parties = place.Parties, Spots = place.Spots };
        _order.Add(moved);
        _places[place.Id] = moved;
        return moved;
    }
}
