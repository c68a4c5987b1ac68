using Rsvp.Worker.Balancing;

namespace Rsvp.Worker.Tests.Balancing;

/// <summary>Workers, the broker's lines and the table of the living, without anything else: one step at a time, in any order.</summary>
internal sealed class ModelBroker(int partitionCount)
{
    // A second, as the bus waits before it subscribes again.
    private static readonly TimeSpan Behind = TimeSpan.FromSeconds(1);

    private readonly BalancingOptions _options = new();
    private readonly List<ModelWorker> _workers = [];
    private readonly List<Place>[] _places = [.. Enumerable.Range(0, partitionCount).Select(_ => new List<Place>())];
    private TimeSpan _now = TimeSpan.FromHours(1);

    internal IReadOnlyList<ModelWorker> Workers => _workers;

    /// <summary>How often the active worker of a partition gave it up.</summary>
    internal int HandOvers { get; private set; }

    /// <summary>How often somebody left a line in which nobody else was.</summary>
    internal int Unserved { get; private set; }

    internal ModelWorker Join()
    {
        var id = Guid.NewGuid();
        var worker = new ModelWorker(id, new BalancePlan(id, partitionCount, _options), _now);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>The broker notices at once.</summary>
    internal void Kill(ModelWorker worker)
    {
        _workers.Remove(worker);
        foreach (var places in _places)
        {
            places.RemoveAll(place => place.Worker == worker.Id);
        }
    }

    internal Guid? Active(int partition) => _places[partition].FirstOrDefault(place => place.At <= _now)?.Worker;

    internal int Count(ModelWorker worker) => Enumerable.Range(0, partitionCount).Count(partition => Active(partition) == worker.Id);

    internal bool AllSubscribed => _places.All(places => places.Count(place => place.At <= _now) == _workers.Count);

    /// <summary>Time passes, and one worker looks and does what follows.</summary>
    internal void Look(ModelWorker worker, TimeSpan passed)
    {
        _now += passed;
        worker.SeenAt = _now;
        var steps = worker.Plan.Next(Roster(), _now);
        for (var partition = 0; partition < partitionCount; partition++)
        {
            Take(worker, steps[partition], _places[partition], partition);
        }
    }

    private void Take(ModelWorker worker, BalanceStep step, List<Place> places, int partition)
    {
        switch (step)
        {
            // Who is on the way to the end of the line is not asked again.
            case BalanceStep.Subscribe when places.All(place => place.Worker != worker.Id):
                places.Add(new Place(worker.Id, _now));
                break;
            case BalanceStep.GoBehind or BalanceStep.HandOver:
                HandOvers += Active(partition) == worker.Id ? 1 : 0;
                places.RemoveAll(place => place.Worker == worker.Id);
                places.Add(new Place(worker.Id, _now + Behind));
                Unserved += Active(partition) is null ? 1 : 0;
                break;
            case BalanceStep.Probe when places.FirstOrDefault(place => place.At <= _now) is { } active:
                active.ActiveSince ??= _now;
                break;
        }

        // Subscriptions that come later stand behind.
        places.Sort((one, other) => one.At.CompareTo(other.At));
    }

    private Roster Roster() => new([.. _workers.Where(worker => worker.SeenAt is { } seenAt && _now - seenAt < _options.DeadAfter).Select(worker => new Peer(
        worker.Id,
        _now - worker.StartedAt,
        Enumerable.Range(0, partitionCount)
            .Select(partition => (Partition: partition, Place: _places[partition].FirstOrDefault(place => place.Worker == worker.Id && place.At <= _now)))
            .Where(entry => entry.Place is not null)
            .ToDictionary(entry => entry.Partition, entry => new Standing(Time(entry.Place!.At), entry.Place.ActiveSince is { } since ? Time(since) : null))))]);

    private static DateTimeOffset Time(TimeSpan time) => DateTimeOffset.UnixEpoch + time;

    internal sealed record ModelWorker(Guid Id, BalancePlan Plan, TimeSpan StartedAt)
    {
        internal TimeSpan? SeenAt { get; set; }
    }

    private sealed record Place(Guid Worker, TimeSpan At)
    {
        internal TimeSpan? ActiveSince { get; set; }
    }
}
