using MassTransit;
using MassTransit.RabbitMqTransport;

namespace Rsvp.Worker.Partitions;

/// <summary>The channel of one subscription to a queue.</summary>
internal sealed class LineChannel
{
    // The broker answers in milliseconds, or is away, and then there is no queue to leave.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly ChannelContext _context;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal LineChannel(ChannelContext context)
    {
        _context = context;
        context.Channel.ChannelShutdownAsync += (_, _) =>
        {
            _closed.TrySetResult();
            return Task.CompletedTask;
        };
    }

    /// <summary>Has the bus close it, as it does with a channel that is of no more use: closing it behind the bus's back takes the whole connection down.</summary>
    /// <param name="endpoint">Whose channel it is.</param>
    /// <param name="reason">What the log says.</param>
    /// <returns>Whether it is closed.</returns>
    internal async Task<bool> CloseAsync(HostReceiveEndpointHandle endpoint, string reason)
    {
        if (_context.Channel.IsOpen)
        {
            _context.NotifyFaulted(new OperationCanceledException(reason), endpoint.ReceiveEndpoint.InputAddress);
            await _closed.Task.WaitAsync(CloseTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return !_context.Channel.IsOpen;
    }
}
