using MassTransit;
using Rsvp.Contracts;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Changes;

/// <summary>Passes what was committed to the loop of its activity, if anybody here watches that.</summary>
internal sealed class ActivityChangedConsumer(ActivityLoops loops) : IConsumer<ActivityChanged>
{
    public async Task Consume(ConsumeContext<ActivityChanged> context)
    {
        if (loops.Find(context.Message.ActivityId) is { } loop)
        {
            await loop.PostAsync(new Mail.Changed(context.Message), context.CancellationToken);
        }
    }
}
