using System.Threading.Channels;
using Rsvp.Client.Requests;

namespace Rsvp.Client.Watching;

/// <summary>Somebody who watches: gets the newest state, however slow they are.</summary>
internal sealed class Watcher(Action<Watcher> onLeft) : IDisposable
{
    private readonly Channel<ActivityState> _states = Channel.CreateBounded<ActivityState>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private bool _hasLeft;

    internal void Tell(ActivityState state) => _states.Writer.TryWrite(state);

    /// <summary>Nothing more will be told.</summary>
    /// <param name="failure">Why; null: because the client ends.</param>
    internal void End(RsvpException? failure) => _states.Writer.TryComplete(failure);

    /// <summary>The next state; null when it was to end.</summary>
    /// <exception cref="RsvpException">It ended without being asked to.</exception>
    internal async Task<ActivityState?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _states.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException end) when (end.InnerException is RsvpException failure)
        {
            throw failure;
        }
        catch (Exception end) when (end is ChannelClosedException || (end is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    public void Dispose()
    {
        if (!_hasLeft)
        {
            _hasLeft = true;
            _states.Writer.TryComplete();
            onLeft(this);
        }
    }
}

/// <summary>A watcher for whom it is enough that something happened.</summary>
internal sealed class WatchSignal(Watcher watcher) : IOutcomeSignal
{
    public async Task<bool> NextAsync()
    {
        try
        {
            return await watcher.NextAsync(CancellationToken.None).ConfigureAwait(false) is not null;
        }
        catch (RsvpException)
        {
            // Where nothing is pushed any more, it polls.
            return false;
        }
    }

    public ValueTask DisposeAsync()
    {
        watcher.Dispose();
        return ValueTask.CompletedTask;
    }
}
