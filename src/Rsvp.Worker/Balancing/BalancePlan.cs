namespace Rsvp.Worker.Balancing;

/// <summary>What a worker does next about one partition.</summary>
internal enum BalanceStep
{
    /// <summary>Nothing.</summary>
    Stay,

    /// <summary>Subscribe for the first time.</summary>
    Subscribe,

    /// <summary>Standing by: go to the end of the line, because its new owner stands behind.</summary>
    GoBehind,

    /// <summary>Active: finish what is being decided and go to the end of the line, because the new owner is next.</summary>
    HandOver,

    /// <summary>Nobody is known to be active: send an empty batch, so that whoever is finds out.</summary>
    Probe,
}

/// <summary>One worker's part in sharing the partitions. Remembers how long it has waited for others, and otherwise decides from what it has just read.</summary>
/// <param name="me">The worker.</param>
/// <param name="partitionCount">P.</param>
/// <param name="options">The bounds of waiting.</param>
internal sealed class BalancePlan(Guid me, int partitionCount, BalancingOptions options)
{
    private readonly Dictionary<int, (Guid Owner, TimeSpan Since)> _wanted = [];
    private readonly Dictionary<int, TimeSpan> _probedAt = [];
    private IReadOnlyCollection<Guid> _settled = [];
    private TimeSpan? _startedAt;

    /// <summary>Decides.</summary>
    /// <param name="roster">What was just read; this worker is among the peers.</param>
    /// <param name="now">Any clock that only runs forward.</param>
    /// <returns>The step of each partition.</returns>
    internal BalanceStep[] Next(Roster roster, TimeSpan now)
    {
        _startedAt ??= now;
        var settled = roster.Settled(options.SettleTime);

        // Two looks must agree before anything is moved.
        var isCertain = settled.Count == _settled.Count && settled.All(_settled.Contains);
        _settled = settled;

        var owners = roster.Owners();
        var targets = Assignment.Of(partitionCount, settled, owners);
        var mine = roster.Find(me)?.Partitions ?? new Dictionary<int, Standing>();
        var steps = new BalanceStep[partitionCount];
        for (var partition = 0; partition < partitionCount; partition++)
        {
            var target = targets[partition];
            if (!_wanted.TryGetValue(partition, out var wanted) || wanted.Owner != target)
            {
                _wanted[partition] = wanted = (target, now);
            }

            steps[partition] = mine.TryGetValue(partition, out var standing)
                ? Move(roster, partition, standing, target, owners.TryGetValue(partition, out var owner) ? owner.Worker : null, now - wanted.Since, now)
                : Begin(roster, partition, target, now);
            if (!isCertain && steps[partition] is BalanceStep.GoBehind or BalanceStep.HandOver)
            {
                steps[partition] = BalanceStep.Stay;
            }
        }

        return steps;
    }

    /// <summary>Owners subscribe first, others behind whoever is there, and everybody after a while.</summary>
    private BalanceStep Begin(Roster roster, int partition, Guid target, TimeSpan now) =>
        target == me || roster.Peers.Any(peer => peer.Partitions.ContainsKey(partition)) || now - _startedAt >= options.Patience
            ? BalanceStep.Subscribe
            : BalanceStep.Stay;

    private BalanceStep Move(Roster roster, int partition, Standing standing, Guid target, Guid? owner, TimeSpan waited, TimeSpan now)
    {
        if (owner is null)
        {
            return target == me ? Probe(partition, now) : BalanceStep.Stay;
        }

        // Nobody leaves the line before the new owner is in it: so somebody always is.
        if (target == me || roster.Find(target)?.Partitions.TryGetValue(partition, out var targets) is not true)
        {
            return BalanceStep.Stay;
        }

        if (owner != me)
        {
            return standing.SubscribedAt < targets.SubscribedAt ? BalanceStep.GoBehind : BalanceStep.Stay;
        }

        var isNext = !roster.Peers.Any(peer => peer.Id != me && peer.Id != target
            && peer.Partitions.TryGetValue(partition, out var other) && other.SubscribedAt < targets.SubscribedAt);
        return isNext || waited >= options.Patience ? BalanceStep.HandOver : BalanceStep.Stay;
    }

    private BalanceStep Probe(int partition, TimeSpan now)
    {
        // A worker that is frozen is active and does not say so; its queue need not fill with our questions.
        if (_probedAt.TryGetValue(partition, out var probedAt) && now - probedAt < options.Patience)
        {
            return BalanceStep.Stay;
        }

        _probedAt[partition] = now;
        return BalanceStep.Probe;
    }
}
