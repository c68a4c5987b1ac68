using Rsvp.Contracts;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Tests.Worlds;

internal static class Versions
{
    /// <summary>Over all kinds of messages about an activity: who ignores what is older than the last message misses nothing.</summary>
    internal static void AssertNeverGoBack(HubClient client)
    {
        foreach (var versions in client.Messages.Select(Of).GroupBy(message => message.ActivityId, message => message.Version))
        {
            Assert.Equal(versions.Order(), versions);
        }
    }

    private static (Guid ActivityId, long Version) Of(object message) => message switch
    {
        CapacityDocument capacity => (capacity.ActivityId, capacity.Version),
        WaitlistDocument waitlist => (waitlist.ActivityId, waitlist.Version),
        RsvpStatusDocument status => (status.ActivityId, status.Version),
        _ => throw new InvalidOperationException($"{message} is no update."),
    };
}
