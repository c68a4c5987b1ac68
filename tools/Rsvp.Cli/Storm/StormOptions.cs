using System.Globalization;

namespace Rsvp.Cli.Storm;

/// <summary>What to storm an activity with.</summary>
internal sealed record StormOptions
{
    internal required int UserCount { get; init; }
    internal required int Capacity { get; init; }
    internal required int ConnectionCount { get; init; }

    /// <summary>Smallest and largest party, in people.</summary>
    internal int PartyMin { get; init; } = 1;

    internal int PartyMax { get; init; } = 1;

    /// <summary>Confirmed parties that cancel after the rush.</summary>
    internal int CancelCount { get; init; }

    /// <summary>Time from one cancel to the next, which also waits for the outcome of the one before; null: all at once.</summary>
    internal TimeSpan? CancelInterval { get; init; }

    internal int Seed { get; init; } = 1;

    /// <summary>Requests per second of an open loop; null for a closed one.</summary>
    internal double? Rate { get; init; }

    /// <summary>Kill a worker when a third of the outcomes are known.</summary>
    internal bool KillWorker { get; init; }

    /// <summary>Storms of another activity before the one that counts.</summary>
    internal int WarmupRounds { get; init; } = 1;

    /// <summary>Reads "1" or "1-4".</summary>
    internal static (int Min, int Max) ParseParty(string text)
    {
        string[] parts = text.Split('-', 2);
        if (int.TryParse(parts[0], CultureInfo.InvariantCulture, out int min)
            && int.TryParse(parts[^1], CultureInfo.InvariantCulture, out int max)
            && min is >= 1 and <= 100 && max is >= 1 and <= 100 && min <= max)
        {
            return (min, max);
        }

        throw new ToolException($"--party {text}: a number of people such as 1, or a range such as 1-4");
    }

    /// <summary>Reads "100ms" or "1.5s"; null when there is none.</summary>
    internal static TimeSpan? ParseInterval(string? text)
    {
        if (text is null) return null;

        (string number, double unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 1) : (text.TrimEnd('s'), 1000);
        return text.EndsWith('s') && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value * unit is >= 1 and <= 60_000
            ? TimeSpan.FromMilliseconds(value * unit)
            : throw new ToolException($"--cancel-every {text}: a time such as 100ms or 1.5s, at most 60s");
    }
}
