using MassTransit;
using Rsvp.Contracts;

namespace Rsvp.Notifier.Notifications;

/// <summary>Plans what was issued and wakes the channels; sends nothing itself, so that no channel can hold the queue up.</summary>
internal sealed class NotificationsIssuedConsumer(DeliveryPlan plan, DeliveryLoops loops, DeliveryMetrics metrics) : IConsumer<NotificationsIssued>
{
    public async Task Consume(ConsumeContext<NotificationsIssued> context)
    {
        var count = await plan.AddAsync(context.Message, loops.Channels, context.CancellationToken);
        if (count > 0)
        {
            metrics.Planned(count);
            loops.Wake();
        }
    }
}
