using System.Text.Json;

namespace Rsvp.Api.Analytics;

/// <summary>Where counting the log ended.</summary>
/// <param name="At">The time of the last row.</param>
/// <param name="Waiting">People in line after it.</param>
internal sealed record FoldState(DateTimeOffset At, long Waiting)
{
    /// <summary>Reads it from the sums; null before the first row.</summary>
    internal static FoldState? Of(Counts counts)
    {
        // The counted-ahead sums do not carry it: there is one, to which the rest of the log led.
        var text = counts.Of("state").Keys.SingleOrDefault();
        if (text is null)
        {
            return null;
        }

        using var document = JsonDocument.Parse(text);
        return new FoldState(document.RootElement.GetProperty("at").GetDateTimeOffset(), document.RootElement.GetProperty("waiting").GetInt64());
    }

    /// <summary>Hours of usable seats since then, up to the start or until now.</summary>
    internal double SeatHoursSince(Subject subject)
    {
        var until = subject.HasStarted ? subject.StartsAt : subject.AsOf;
        return until > At ? Math.Min(subject.Free ?? long.MaxValue, Waiting) * (until - At).TotalHours : 0;
    }
}
