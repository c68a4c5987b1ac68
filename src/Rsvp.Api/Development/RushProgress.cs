namespace Rsvp.Api.Development;

/// <summary>How a rush goes: one line of the answer, several times a second.</summary>
internal sealed record RushProgress
{
    /// <summary>What everybody wants to go to.</summary>
    public required Guid ActivityId { get; init; }

    /// <summary>Since the first request, in ms.</summary>
    public required double ElapsedMs { get; init; }

    /// <summary>People who will ask.</summary>
    public required int People { get; init; }

    /// <summary>Seats there are.</summary>
    public required int Seats { get; init; }

    /// <summary>Requests whose final outcome is known; the others are not sent yet, or wait.</summary>
    public required int Answered { get; init; }

    /// <summary>Of the answered, those with a seat.</summary>
    public required int Confirmed { get; init; }

    /// <summary>Of the answered, those in line.</summary>
    public required int Waitlisted { get; init; }

    /// <summary>Of the answered, all others: refusals, and answers that did not come.</summary>
    public required int Failed { get; init; }

    /// <summary>Answers a second since the line before; in the last line, of the whole rush.</summary>
    public required double PerSecond { get; init; }

    /// <summary>Half of the answers since the line before came within so many ms; in the last line, of all. Null when there was none.</summary>
    public double? P50Ms { get; init; }

    /// <summary>As <see cref="P50Ms"/>, 99 of 100.</summary>
    public double? P99Ms { get; init; }

    /// <summary>Whether this is the last line.</summary>
    public required bool Done { get; init; }
}
