using Rsvp.Notifier.Messaging;

namespace Rsvp.Notifier.Notifications;

/// <summary>Knows whether issued notifications reach this instance.</summary>
internal sealed partial class NotificationsLink(ILogger<NotificationsLink> logger) : EndpointLink("Issued notifications")
{
    protected override void OnLost(string reason) => LogLost(reason);

    [LoggerMessage(5503, LogLevel.Warning, "Issued notifications do not arrive: {Reason}")]
    private partial void LogLost(string reason);
}
