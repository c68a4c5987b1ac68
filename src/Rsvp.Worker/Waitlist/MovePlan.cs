using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Waitlist;

/// <summary>Where moved places come to stand, in numbers: between their new neighbours, and who must make room when there is none.</summary>
/// <param name="Keys">The orders in line of the moved places, in the order given.</param>
/// <param name="Respaced">Places ahead that keep their rank and get another order, old to new; empty unless neighbours stood too close.</param>
/// <param name="FirstPosition">The position of the first moved place afterwards; 1 is next.</param>
/// <param name="IsAtEnd">Whether they go to the end of the line.</param>
internal sealed record MovePlan(
    IReadOnlyList<long> Keys, IReadOnlyList<(long Old, long New)> Respaced, int FirstPosition, bool IsAtEnd)
{
    /// <summary>Places ahead that are looked at to make room; each has on average far more room around it than a move needs.</summary>
    public const int AheadMax = 512;

    /// <param name="target">The neighbourhood.</param>
    /// <param name="count">How many places are moved, at least 1.</param>
    /// <param name="nextLineKey">The order that the next newcomer would get.</param>
    public static MovePlan For(MoveTarget target, int count, long nextLineKey)
    {
        if (target.Behind is not long behind)
        {
            var end = Enumerable.Range(0, count).Select(index => nextLineKey + (index * ActivityState.LineStep));
            return new MovePlan([.. end], [], target.Rank, IsAtEnd: true);
        }

        // The neighbour ahead is close enough in nearly every case; otherwise those ahead are spread until there is room.
        for (var spread = 0; spread < target.Ahead.Count; spread++)
        {
            var floor = target.Ahead[^(spread + 1)];
            if (behind - floor > spread + count)
            {
                var room = Between(floor, behind, spread + count);
                return new MovePlan(room[spread..], [.. target.Ahead.TakeLast(spread).Zip(room)], target.Rank, IsAtEnd: false);
            }
        }

        if (target.Ahead.Count >= AheadMax)
        {
            throw new InvalidOperationException("Hundreds of places stand too close to each other to move anybody between them.");
        }

        // Nobody stands ahead of them, and below the first there is always room.
        var (all, total) = (target.Ahead, target.Ahead.Count + count);
        List<long> below = [.. Enumerable.Range(0, total).Select(index => behind - ((total - index) * ActivityState.LineStep))];
        return new MovePlan(below[all.Count..], [.. all.Zip(below)], target.Rank, IsAtEnd: false);
    }

    private static List<long> Between(long floor, long ceiling, int count)
    {
        var step = (ceiling - floor) / (count + 1);
        return [.. Enumerable.Range(1, count).Select(index => floor + (index * step))];
    }
}

/// <summary>Where places are to be moved, in a line without them.</summary>
/// <param name="Rank">The position that the first of them gets; 1 is next.</param>
/// <param name="Ahead">Orders of the places directly ahead, the nearest last; all of them when they are fewer than <see cref="MovePlan.AheadMax"/>.</param>
/// <param name="Behind">The order of the place directly behind; null at the end of the line.</param>
internal sealed record MoveTarget(int Rank, IReadOnlyList<long> Ahead, long? Behind);
