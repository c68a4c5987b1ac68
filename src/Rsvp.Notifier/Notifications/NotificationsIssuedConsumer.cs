using MassTransit;
using Rsvp.Contracts;

namespace Rsvp.Notifier.Notifications;

/// <summary>Has planned what was issued; sends nothing itself, so that no channel can hold the queue up.</summary>
internal sealed class NotificationsIssuedConsumer(DeliveryPlanner planner) : IConsumer<NotificationsIssued>
{
    public Task Consume(ConsumeContext<NotificationsIssued> context) => planner.PlanAsync(context.Message, context.CancellationToken);
}
