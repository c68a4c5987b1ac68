using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Rsvp.Hosting.Problems;
using Rsvp.Notifier.Sockets;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Tests.Sockets;

public sealed class SocketWatcherTests
{
    /// <summary>What the activity's loop does with it must not throw: that would end the watches of everybody.</summary>
    [Fact]
    public void A_socket_that_has_ended_can_still_be_told_that_its_right_has()
    {
        var metrics = new PushMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
        var rsvpId = Guid.NewGuid();
        var watcher = new SocketWatcher(new DefaultHttpContext(), Guid.NewGuid(), isAdmin: false, new PushOptions(), TimeProvider.System, metrics);
        watcher.Close();
        watcher.Dispose();

        watcher.Revoke(rsvpId);
        watcher.End(ProblemCodes.UserDeleted);
        watcher.Abort();

        Assert.True(watcher.IsClosed);
    }
}
