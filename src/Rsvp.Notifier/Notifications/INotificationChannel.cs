namespace Rsvp.Notifier.Notifications;

/// <summary>A way to tell people. The loop around it takes what is due, keeps the bounds, and records what became of each attempt.</summary>
internal interface INotificationChannel
{
    /// <summary>As in the table.</summary>
    string Name { get; }

    /// <summary>False when it is not configured: nothing is planned for it then.</summary>
    bool IsEnabled { get; }

    /// <summary>Attempts under way at once in this process.</summary>
    int ConcurrencyMax { get; }

    /// <summary>Attempts under way at once for one target, of all notifiers, so that a slow one does not take the channel from the others.</summary>
    int PerTargetMax { get; }

    /// <summary>A delivery that is tried again within this time holds up others to its target as if it were under way; zero: they pass it.</summary>
    TimeSpan HoldsUp { get; }

    /// <summary>When a delivery that failed is tried again.</summary>
    /// <returns>Null: it is given up.</returns>
    TimeSpan? NextDelay(Delivery delivery);

    /// <summary>Makes one attempt, bounded in time by the channel itself.</summary>
    /// <param name="delivery">What to send; the same id at every attempt.</param>
    /// <param name="cancellationToken">The process ends.</param>
    Task<SendResult> SendAsync(Delivery delivery, CancellationToken cancellationToken);
}
