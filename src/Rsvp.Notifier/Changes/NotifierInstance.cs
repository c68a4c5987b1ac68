namespace Rsvp.Notifier.Changes;

/// <summary>This process among the notifiers.</summary>
internal sealed class NotifierInstance(TimeProvider timeProvider)
{
    /// <summary>New with every start: a queue of an earlier life is not ours.</summary>
    internal string Id { get; } = Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString("N");

    internal string QueueName => "rsvp.notifier." + Id;
}
