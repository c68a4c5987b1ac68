using Npgsql;
using Rsvp.Contracts;

namespace Rsvp.Notifier.Notifications;

/// <summary>Plans messages that came while others were being planned together: one statement and one commit for all of them, and none waits for more to come.</summary>
/// <remarks>As databases commit what waits in groups (DeWitt et al., <em>Implementation Techniques for Main Memory Database Systems</em>, 1984).</remarks>
/// <param name="plan">Plans.</param>
/// <param name="loops">The channels, woken when there is something new.</param>
/// <param name="metrics">What was planned.</param>
/// <param name="lifetime">Says when the notifier has stopped: whatever is not planned by then goes back to the queue.</param>
internal sealed class DeliveryPlanner(DeliveryPlan plan, DeliveryLoops loops, DeliveryMetrics metrics, IHostApplicationLifetime lifetime)
{
    // Of one statement; a message has at most 512.
    private const int NotificationsMax = 2_048;

    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = [];
    private bool _isPlanning;

    /// <summary>Plans a message, as often as it comes; complete once that is committed. As many wait as the queue hands out at once.</summary>
    /// <param name="issued">The message.</param>
    /// <param name="cancellationToken">Ends the wait, not what is being planned.</param>
    /// <exception cref="NpgsqlException">The database could not.</exception>
    public Task PlanAsync(NotificationsIssued issued, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(issued, cancellationToken);
        lock (_gate)
        {
            _waiting.Enqueue(waiting);
            if (!_isPlanning)
            {
                _isPlanning = true;

                // It plans others' messages, too, and is no part of this one's trace.
                using var _ = ExecutionContext.SuppressFlow();
                Task.Run(PlanAllAsync, CancellationToken.None);
            }
        }

        return waiting.Planned.Task.WaitAsync(cancellationToken);
    }

    private async Task PlanAllAsync()
    {
        while (TakeGroup() is { Count: > 0 } group)
        {
            if (!await TryPlanAsync(group))
            {
                // It is one message's fault, and the others' only with it.
                foreach (var one in group)
                {
                    await TryPlanAsync([one]);
                }
            }
        }
    }

    private List<Waiting> TakeGroup()
    {
        lock (_gate)
        {
            var group = new List<Waiting>();
            var notifications = 0;
            while (_waiting.TryPeek(out var next) && (group.Count == 0 || notifications + next.Issued.Notifications.Count <= NotificationsMax))
            {
                _waiting.Dequeue();
                if (!next.CancellationToken.IsCancellationRequested)
                {
                    notifications += next.Issued.Notifications.Count;
                    group.Add(next);
                }
            }

            _isPlanning = group.Count > 0;
            return group;
        }
    }

    /// <returns>False: nothing was planned, and nobody was told why.</returns>
    private async Task<bool> TryPlanAsync(List<Waiting> group)
    {
        try
        {
            var count = await plan.AddAsync([.. group.Select(one => one.Issued)], loops.Channels, lifetime.ApplicationStopped);
            if (count > 0)
            {
                metrics.Planned(count);
                loops.Wake();
            }

            group.ForEach(one => one.Planned.SetResult());
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, whoever waits must hear of it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (group.Count > 1 && !(error is NpgsqlException outage && DeliveryPlan.IsAway(outage)))
            {
                return false;
            }

            group.ForEach(one => one.Planned.SetException(error));
            return true;
        }
    }

    private sealed record Waiting(NotificationsIssued Issued, CancellationToken CancellationToken)
    {
        internal TaskCompletionSource Planned { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
