using Microsoft.Extensions.Primitives;

namespace Rsvp.Api.Requests;

/// <summary>RFC 7240 <c>Prefer</c>, of which only <c>wait</c> means something here.</summary>
internal static class Preferences
{
    /// <summary>The longest wait in seconds: below what proxies commonly allow a silent connection.</summary>
    internal const int WaitSecondsMax = 30;

    /// <summary>Seconds the client is willing to wait, at most <see cref="WaitSecondsMax"/>; null when it does not say, or says it in a way that is no preference.</summary>
    internal static int? Wait(StringValues prefer)
    {
        // Lines of a header are one list, and of a preference stated twice the first counts.
        foreach (var line in prefer)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                if (TryReadWait(line.AsSpan()[range], out var seconds))
                {
                    return seconds;
                }
            }
        }

        return null;
    }

    private static bool TryReadWait(ReadOnlySpan<char> preference, out int? seconds)
    {
        seconds = null;
        var parameters = preference.IndexOf(';');
        if (parameters >= 0)
        {
            preference = preference[..parameters];
        }

        var equals = preference.IndexOf('=');
        if (equals < 0 || !preference[..equals].Trim().Equals("wait", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        seconds = Seconds(preference[(equals + 1)..].Trim());
        return true;
    }

    private static int? Seconds(ReadOnlySpan<char> value)
    {
        if (value.Length >= 2 && value[0] == '"' && value[^1] == '"')
        {
            value = value[1..^1];
        }

        if (value.IsEmpty || value.ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        // Whatever has more digits than fit is more than the longest wait.
        return int.TryParse(value, null, out var number) ? Math.Min(number, WaitSecondsMax) : WaitSecondsMax;
    }
}
