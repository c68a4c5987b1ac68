namespace Rsvp.Api.Submitting;

/// <summary>Whether the broker takes what we send. Open: it does not, and requests are turned away at once instead of each finding out for itself.</summary>
/// <remarks>Opened by a send that was not confirmed; closed by <see cref="BrokerProbe"/> alone. Begins open, because nothing was confirmed yet.</remarks>
internal sealed class BrokerCircuit(TimeProvider time)
{
    private volatile bool _isOpen = true;
    private long _confirmedAt;

    internal bool IsOpen => _isOpen;

    /// <summary>Time since the broker last confirmed anything.</summary>
    internal TimeSpan Quiet => time.GetElapsedTime(Volatile.Read(ref _confirmedAt));

    internal void Open() => _isOpen = true;

    internal void Close()
    {
        Confirmed();
        _isOpen = false;
    }

    internal void Confirmed() => Volatile.Write(ref _confirmedAt, time.GetTimestamp());
}
