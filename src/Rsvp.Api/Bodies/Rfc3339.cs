using System.Globalization;

namespace Rsvp.Api.Bodies;

/// <summary>Times as the contract writes them.</summary>
internal static class Rfc3339
{
    // What the parser below can take; some clients send nanoseconds.
    private const int FractionDigitsMax = 7;

    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    /// <summary>Reads a time with its offset, in UTC, cut to microseconds (what the database keeps).</summary>
    internal static bool TryParse(string text, out DateTimeOffset time)
    {
        if (!DateTimeOffset.TryParseExact(CutFraction(text.ToUpperInvariant()), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time))
        {
            return false;
        }

        time = time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));
        return true;
    }

    private static string CutFraction(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var end = point + 1;
        while (point >= 0 && end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        var kept = point + 1 + FractionDigitsMax;
        return point >= 0 && end > kept ? text.Remove(kept, end - kept) : text;
    }
}
