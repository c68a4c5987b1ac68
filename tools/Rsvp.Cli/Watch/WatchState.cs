using Rsvp.Contracts;

namespace Rsvp.Cli.Watch;

/// <summary>What is known of a watched activity: a fold over what its link tells.</summary>
internal sealed class WatchState(Guid activityId, string title)
{
    private readonly RateWindow _rates = new();
    private bool _hasGap;

    internal Guid ActivityId => activityId;

    /// <summary>Chosen by whoever opened the activity, so nothing in it may steer a terminal or break a line.</summary>
    internal string Title { get; } = string.Concat(title.Select(character => char.IsControl(character) ? '·' : character));

    /// <summary>The newest counts; null until the first update.</summary>
    internal CapacityDocument? Counts { get; private set; }

    /// <summary>Places in line; null until it is told.</summary>
    internal int? LineLength { get; private set; }

    /// <summary>The activity's version; 0 until the first update.</summary>
    internal long Version { get; private set; }

    internal bool IsConnected { get; private set; }

    /// <summary>When the connection came or went; null before the first attempt ended.</summary>
    internal DateTimeOffset? ConnectionSince { get; private set; }

    /// <summary>Why there is no connection; null when there is one.</summary>
    internal string? LostReason { get; private set; }

    /// <summary>How often a connection was lost.</summary>
    internal int LossCount { get; private set; }

    /// <summary>When the last change was seen; null before the first.</summary>
    internal DateTimeOffset? ChangedAt { get; private set; }

    internal Rates RatesAt(DateTimeOffset now) => _rates.Read(now);

    /// <returns>Whether there is anything to see that was not there before.</returns>
    internal bool Apply(WatchEvent happened)
    {
        switch (happened)
        {
            case WatchEvent.Connected:
                (IsConnected, ConnectionSince, LostReason) = (true, happened.At, null);
                return true;
            case WatchEvent.Lost lost:
                return ApplyLost(lost);
            case WatchEvent.Counts counts:
                return ApplyCounts(counts);
            case WatchEvent.Line line:
                bool isNew = LineLength != line.Document.Length || Version != line.Document.Version;
                _rates.Add(line.At, new Rates { Versions = Passed(line.Document.Version), Updates = 1 });
                if (isNew && LineLength is not null) ChangedAt = line.At;
                (LineLength, Version) = (line.Document.Length, line.Document.Version);
                return isNew;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Attempts that fail one after another are one loss.</summary>
    private bool ApplyLost(WatchEvent.Lost lost)
    {
        bool isNew = LostReason is null;
        if (IsConnected) LossCount++;
        if (isNew) ConnectionSince = lost.At;
        (IsConnected, LostReason, _hasGap) = (false, lost.Reason, true);
        return isNew;
    }

    private bool ApplyCounts(WatchEvent.Counts counts)
    {
        CapacityDocument now = counts.Document;
        CapacityDocument? before = Counts;
        var changes = new Rates { Updates = 1 };
        if (before is not null && !_hasGap)
        {
            changes = new Rates(
                Math.Max(0, now.Confirmed - before.Confirmed),
                Math.Max(0, before.Confirmed - now.Confirmed),
                Math.Max(0, now.Waitlisted - before.Waitlisted),
                Math.Max(0, before.Waitlisted - now.Waitlisted),
                Passed(now.Version),
                1);
        }

        // The first update after a loss says what changed meanwhile, and that was not in these seconds.
        _rates.Add(counts.At, changes);
        _hasGap = false;
        (Counts, Version) = (now, now.Version);
        bool isNew = now != before;
        if (isNew && before is not null) ChangedAt = counts.At;
        return isNew;
    }

    private long Passed(long version) => Version == 0 || _hasGap ? 0 : Math.Max(0, version - Version);
}
