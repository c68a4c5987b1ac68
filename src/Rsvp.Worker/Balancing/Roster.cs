namespace Rsvp.Worker.Balancing;

/// <summary>Where a worker stands in line for one partition.</summary>
/// <param name="SubscribedAt">By the database's clock.</param>
/// <param name="ActiveSince">The first delivery of this subscription; null while there was none.</param>
internal readonly record struct Standing(DateTimeOffset SubscribedAt, DateTimeOffset? ActiveSince);

/// <summary>A worker that lives.</summary>
/// <param name="Id">Its process.</param>
/// <param name="Age">Since its first sign of life, by the database's clock.</param>
/// <param name="Partitions">Those it is subscribed to.</param>
internal sealed record Peer(Guid Id, TimeSpan Age, IReadOnlyDictionary<int, Standing> Partitions);

/// <summary>The living workers at one moment, the one that reads among them.</summary>
internal sealed class Roster(IReadOnlyList<Peer> peers)
{
    internal IReadOnlyList<Peer> Peers => peers;

    internal Peer? Find(Guid worker) => peers.FirstOrDefault(peer => peer.Id == worker);

    /// <summary>Who is active, by partition. A subscription that was delivered to stays active until it ends, so of two that say so the later is right, and the other has not noticed its end.</summary>
    internal Dictionary<int, Owner> Owners()
    {
        var owners = new Dictionary<int, Owner>();
        foreach (var peer in peers.OrderBy(peer => peer.Id))
        {
            foreach (var (partition, standing) in peer.Partitions)
            {
                if (standing.ActiveSince is { } since && (!owners.TryGetValue(partition, out var other) || since > other.Since))
                {
                    owners[partition] = new Owner(peer.Id, since);
                }
            }
        }

        return owners;
    }

    /// <summary>Those that share the partitions: who has lived long enough, who came together with the oldest, as all do in a system that starts, and who is active already.</summary>
    internal IReadOnlyCollection<Guid> Settled(TimeSpan settleTime)
    {
        var oldest = peers.Max(peer => peer.Age);
        return
        [
            .. peers.Where(peer => peer.Age >= settleTime || oldest - peer.Age < settleTime || peer.Partitions.Values.Any(standing => standing.ActiveSince is not null))
                .Select(peer => peer.Id),
        ];
    }
}
