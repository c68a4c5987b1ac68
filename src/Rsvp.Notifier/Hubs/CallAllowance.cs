using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Hubs;

/// <summary>Counts what one connection calls: a bucket of calls that fills by itself. Calls of a connection come one after another.</summary>
internal sealed class CallAllowance(PushOptions options, TimeProvider timeProvider)
{
    private double _calls = options.CallBurstMax;
    private long _filledAt = timeProvider.GetTimestamp();

    /// <summary>Takes one call out of the bucket.</summary>
    /// <returns>False when it is empty.</returns>
    internal bool TryTake()
    {
        var now = timeProvider.GetTimestamp();
        _calls = Math.Min(options.CallBurstMax, _calls + (timeProvider.GetElapsedTime(_filledAt, now).TotalSeconds * options.CallsPerSecondMax));
        _filledAt = now;
        if (_calls < 1)
        {
            return false;
        }

        _calls--;
        return true;
    }
}
