using Microsoft.Extensions.Options;

namespace Rsvp.Worker.Balancing;

/// <summary>Whether this worker still reaches its database. One that has not for a while leaves every queue, so that a worker that does may go on, and comes back when it reaches it again.</summary>
/// <remarks>
/// Without that, a worker that is cut off from the database alone would stay active on its partitions and try in vain. When the database is away for everybody, all leave, and what they had taken waits at the
/// broker; each worker that had taken a message then counts as one delivery of it, of which the broker bears <c>Topology.DeliveryLimit</c>.
/// </remarks>
internal sealed partial class DatabaseReach(IOptions<BalancingOptions> options, TimeProvider time, ILogger<DatabaseReach> logger)
{
    private readonly Lock _lock = new();
    private readonly List<Func<Task>> _leaving = [];
    private TaskCompletionSource _reached = Completed();
    private long _lastReachedAt = time.GetTimestamp();

    /// <summary>What is done when it is lost.</summary>
    /// <param name="leave">Leaves a queue; must not throw.</param>
    public void WhenLost(Func<Task> leave)
    {
        lock (_lock)
        {
            _leaving.Add(leave);
        }
    }

    /// <summary>Returns at once while the database is reached, and otherwise when it is reached again.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _reached.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The database answered.</summary>
    public void Reached()
    {
        lock (_lock)
        {
            _lastReachedAt = time.GetTimestamp();
            if (_reached.TrySetResult())
            {
                LogReached();
            }
        }
    }

    /// <summary>The database did not answer. Once that has lasted for <see cref="BalancingOptions.AwayAfter"/>, every queue is left.</summary>
    public async Task MissedAsync()
    {
        Task[] leaving;
        lock (_lock)
        {
            if (!_reached.Task.IsCompleted || time.GetElapsedTime(_lastReachedAt) < options.Value.AwayAfter)
            {
                return;
            }

            _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            LogLost(options.Value.AwayAfter);
            leaving = [.. _leaving.Select(leave => leave())];
        }

        await Task.WhenAll(leaving);
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }

    [LoggerMessage(3331, LogLevel.Error, "The database has not answered for {AwayAfter}; every queue is left to workers that reach it")]
    private partial void LogLost(TimeSpan awayAfter);

    [LoggerMessage(3332, LogLevel.Information, "The database answers again; the queues are taken again")]
    private partial void LogReached();
}
