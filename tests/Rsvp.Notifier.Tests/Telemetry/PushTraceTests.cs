using Rsvp.Notifier.Tests.Worlds;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Telemetry;

public sealed class PushTraceTests(PushWorld world) : IClassFixture<PushWorld>
{
    [Fact]
    public async Task Telling_watchers_of_a_traced_change_is_part_of_its_trace()
    {
        using var log = new SpanLog();
        var activity = await TestActivity.OpenAsync(world.Database);
        var owner = Guid.NewGuid();
        await using var client = await world.ConnectAsync(owner);
        await client.WatchActivityAsync(activity.Id);
        var traceParent = log.NewTraceParent();

        await world.PublishAsync(await activity.CommitAsync((owner, "confirmed")) with { TraceParent = traceParent });
        await Eventually.HoldsAsync(() => log.Own.Count == 2, "counts and status were told");
        await world.PublishAsync(await activity.CommitAsync((owner, "cancelled")));
        await Eventually.HoldsAsync(() => client.Statuses.Last().Status == "cancelled" && client.Capacities.Last().Confirmed == 0, "the change that is not traced was told");

        Assert.Equal(["counts", "status"], log.Own.Select(span => (string)span.GetTagItem("rsvp.push.kind")!).Order());
        Assert.All(log.Own, span => Assert.Equal(("push", traceParent, 1), (span.DisplayName, span.ParentId, (int)span.GetTagItem("rsvp.push.messages")!)));
    }

    [Fact]
    public async Task A_traced_change_that_nobody_watches_has_no_push()
    {
        using var log = new SpanLog();
        var (watched, unwatched) = (await TestActivity.OpenAsync(world.Database), await TestActivity.OpenAsync(world.Database));
        await using var client = await world.ConnectAsync(Guid.NewGuid());
        await client.WatchActivityAsync(watched.Id);

        await world.PublishAsync(await unwatched.CommitAsync((Guid.NewGuid(), "confirmed")) with { TraceParent = log.NewTraceParent() });
        await world.PublishAsync(await watched.CommitAsync((Guid.NewGuid(), "confirmed")));
        await Eventually.HoldsAsync(() => client.Capacities.Last().Confirmed == 1, "the later change was told");

        Assert.Empty(log.Own);
    }
}
