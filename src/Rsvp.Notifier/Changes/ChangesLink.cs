using Rsvp.Notifier.Messaging;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Changes;

/// <summary>Knows whether committed changes reach this instance. Each time they begin to, everything watched is read again: what came before was missed.</summary>
internal sealed partial class ChangesLink(ActivityLoops loops, ILogger<ChangesLink> logger) : EndpointLink("Changes")
{
    /// <summary>Logged each time changes begin to arrive.</summary>
    internal const int BoundEventId = 5001;

    protected override async Task OnBoundAsync()
    {
        var watched = loops.All();
        LogBound(watched.Count);
        foreach (var loop in watched)
        {
            await loop.PostAsync(new Mail.Resync(null), CancellationToken.None);
        }
    }

    protected override void OnLost(string reason) => LogLost(reason);

    [LoggerMessage(BoundEventId, LogLevel.Information, "Changes arrive; {ActivityCount} watched activities are read again")]
    private partial void LogBound(int activityCount);

    [LoggerMessage(5002, LogLevel.Warning, "Changes do not arrive: {Reason}")]
    private partial void LogLost(string reason);
}
