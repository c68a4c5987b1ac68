namespace Rsvp.Cli.Watch;

/// <summary>How a number of seats is drawn in a row of cells.</summary>
/// <param name="Confirmed">Cells of the confirmed.</param>
/// <param name="Offered">Cells of the offered.</param>
/// <param name="Free">Cells of the free seats.</param>
internal readonly record struct SeatBar(int Confirmed, int Offered, int Free)
{
    /// <summary>Whatever there is one of has a cell, so a bar that looks full is full.</summary>
    /// <param name="width">Cells; at least 3.</param>
    /// <param name="confirmed">People confirmed; with <paramref name="offered"/> they may be more than the capacity by a host's override.</param>
    /// <param name="offered">People with an open offer.</param>
    /// <param name="capacity">People the activity can hold.</param>
    internal static SeatBar Of(int width, int confirmed, int offered, int capacity)
    {
        long taken = (long)confirmed + offered;
        long all = Math.Max(capacity, taken);
        if (all == 0) return new SeatBar(0, 0, width);

        var bar = new SeatBar(Share(confirmed), Share(offered), Share(all - taken));

        // Rounding is made up for where it shows least.
        int rest = width - bar.Confirmed - bar.Offered - bar.Free;
        if (bar.Confirmed >= Math.Max(bar.Offered, bar.Free)) return bar with { Confirmed = bar.Confirmed + rest };

        return bar.Free >= bar.Offered ? bar with { Free = bar.Free + rest } : bar with { Offered = bar.Offered + rest };

        int Share(long part) => part == 0 ? 0 : (int)Math.Max(1, part * width / all);
    }
}
