namespace Rsvp.Notifier.Notifications;

/// <summary>Leaves a channel alone that is away as a whole, for twice as long each time, and lets one delivery find out when it is back.</summary>
/// <param name="min">The first pause.</param>
/// <param name="max">The longest.</param>
/// <param name="timeProvider">Measures them.</param>
internal sealed class ChannelPause(TimeSpan min, TimeSpan max, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private TimeSpan _length;
    private long _begun;

    /// <summary>The pause now; zero when the channel is not away.</summary>
    public TimeSpan Length
    {
        get
        {
            lock (_gate)
            {
                return _length;
            }
        }
    }

    /// <summary>How many more deliveries may be begun.</summary>
    public int Allows(int most, int underWay)
    {
        lock (_gate)
        {
            return _length == TimeSpan.Zero ? most - underWay
                : underWay == 0 && timeProvider.GetElapsedTime(_begun) >= _length ? 1
                : 0;
        }
    }

    /// <summary>A delivery found the channel away.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Begin()
    {
        lock (_gate)
        {
            var isNews = _length == TimeSpan.Zero;
            if (isNews || timeProvider.GetElapsedTime(_begun) >= _length)
            {
                var next = isNews ? min : _length * 2;
                _length = next < max ? next : max;
                _begun = timeProvider.GetTimestamp();
            }

            return isNews;
        }
    }

    /// <summary>The channel answered a delivery, whatever it said.</summary>
    /// <returns>Whether it was away before.</returns>
    public bool End()
    {
        lock (_gate)
        {
            var wasAway = _length > TimeSpan.Zero;
            _length = TimeSpan.Zero;
            return wasAway;
        }
    }
}
