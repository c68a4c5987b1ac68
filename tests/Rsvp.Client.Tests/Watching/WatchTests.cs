using System.Net;
using Rsvp.Testing;

namespace Rsvp.Client.Tests.Watching;

public sealed class WatchTests
{
    private static readonly Guid ActivityId = new("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
    private static readonly Guid RsvpId = new("9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d");

    [Fact]
    public async Task A_watch_begins_with_the_snapshot_and_a_push_arrives_in_it()
    {
        await using var stage = await StageAsync(Counts(1, confirmed: 1), Line(1, length: 0));
        await using var client = ClientOf(stage);
        await using var watch = new Seen(client);
        await watch.SeesAsync(state => state is { IsConnected: true, Counts: { Confirmed: 1, Capacity: 5 }, WaitlistLength: 0, Own: null });

        await PushAsync(stage, Counts(2, confirmed: 2));
        await PushAsync(stage, Line(2, length: 3));
        await PushAsync(stage, Own(2, "waitlisted", position: 3));

        await watch.SeesAsync(state => state is { Counts.Confirmed: 2, WaitlistLength: 3, Own: { Status: "waitlisted", WaitlistPosition: 3 } });
    }

    [Fact]
    public async Task What_is_older_than_what_is_known_is_ignored()
    {
        await using var stage = await StageAsync(Counts(5, confirmed: 5), Line(5, length: 5), Own(5, "confirmed"));
        await using var client = ClientOf(stage);
        await using var watch = new Seen(client);
        await watch.SeesAsync(state => state is { Counts.Version: 5, WaitlistLength: 5, Own.Version: 5 });

        // All of a connection comes in order: who knows the last has been told of those before it. The last is of another kind each time,
        // so that it does not cover what it is to show.
        await PushAsync(stage, Line(4, length: 4));
        await PushAsync(stage, Own(4, "waitlisted", position: 1));
        await PushAsync(stage, Counts(6, confirmed: 6));
        var afterLine = await watch.SeesAsync(state => state.Counts!.Version == 6);
        await PushAsync(stage, Counts(4, confirmed: 4));
        await PushAsync(stage, Line(7, length: 7));
        var afterCounts = await watch.SeesAsync(state => state.WaitlistLength == 7);

        Assert.Equal(((int?)5, "confirmed"), (afterLine.WaitlistLength, afterLine.Own!.Status));
        Assert.Equal((6, "confirmed"), (afterCounts.Counts!.Confirmed, afterCounts.Own!.Status));
        Assert.DoesNotContain(watch.All, state => state.Counts?.Version == 4 || state.WaitlistLength == 4 || state.Own?.Version == 4);
    }

    [Fact]
    public async Task A_lost_connection_is_told_and_made_again_and_what_was_missed_comes_with_it()
    {
        await using var stage = await StageAsync(Counts(1, confirmed: 1));
        await using var client = ClientOf(stage);
        await using var watch = new Seen(client);
        await watch.SeesAsync(state => state is { IsConnected: true, Counts.Confirmed: 1 });

        stage.Network.GoAway();
        var lost = await watch.SeesAsync(state => !state.IsConnected);
        stage.Script.Snapshot = [Counts(7, confirmed: 4)];
        stage.Network.ComeBack();

        await watch.SeesAsync(state => state is { IsConnected: true, Counts.Confirmed: 4 });
        Assert.Equal(1, lost.Counts!.Confirmed);
        await PushAsync(stage, Counts(8, confirmed: 5));
        await watch.SeesAsync(state => state.Counts!.Confirmed == 5);
    }

    [Fact]
    public async Task A_connection_that_the_server_ends_on_purpose_is_made_again_too()
    {
        await using var stage = await StageAsync(Counts(1, confirmed: 1));
        await using var client = ClientOf(stage);
        await using var watch = new Seen(client);
        await watch.SeesAsync(state => state is { IsConnected: true, Counts.Confirmed: 1 });

        stage.Script.Snapshot = [Counts(2, confirmed: 2)];
        stage.CloseAll();

        await watch.SeesAsync(state => state is { IsConnected: true, Counts.Confirmed: 2 });
    }

    [Fact]
    public async Task Whoever_watches_is_told_when_the_token_is_not_good_any_more()
    {
        await using var stage = await StageAsync(Counts(1, confirmed: 1));
        await using var client = ClientOf(stage);
        await using var watch = new Seen(client);
        await watch.SeesAsync(state => state is { IsConnected: true, Counts: not null });

        stage.Script.RefusesTokens = true;
        stage.CloseAll();

        var refusal = await Assert.ThrowsAsync<RsvpException>(() => Eventually.EndsAsync(watch.EndAsync(), "the watch ended"));
        Assert.Equal(("unauthorized", HttpStatusCode.Unauthorized), (refusal.Problem.Code, refusal.Status));
    }

    [Fact]
    public async Task Two_who_watch_share_a_watch_which_ends_with_the_last_of_them()
    {
        await using var stage = await StageAsync(Counts(1, confirmed: 1));
        await using var client = ClientOf(stage);
        var first = new Seen(client);
        await first.SeesAsync(state => state.Counts is not null);
        var second = new Seen(client);
        await second.SeesAsync(state => state.Counts is not null);

        await first.DisposeAsync();
        await PushAsync(stage, Counts(2, confirmed: 2));
        await second.SeesAsync(state => state.Counts!.Confirmed == 2);
        Assert.DoesNotContain($"unwatch {ActivityId}", stage.Script.Asked);
        await second.DisposeAsync();

        // What a connection asks is done in order: once a third has its snapshot, all that was asked before is here.
        await using var third = new Seen(client);
        await third.SeesAsync(state => state.Counts is not null);
        var (watched, unwatched) = ($"watch {ActivityId}", $"unwatch {ActivityId}");
        Assert.Equal([watched, watched, unwatched, watched], stage.Script.Asked.AsEnumerable());
        Assert.Single(stage.Script.Connections);
    }

    [Fact]
    public async Task A_client_that_has_ended_watches_nothing_whether_it_watched_before_or_not()
    {
        await using var stage = await StageAsync(Counts(1, confirmed: 1));
        var client = ClientOf(stage);
        var former = ClientOf(stage);
        await using var watch = new Seen(former);
        await watch.SeesAsync(state => state.Counts is not null);

        await client.DisposeAsync();
        await former.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => client.WatchAsync(ActivityId));
        Assert.Throws<ObjectDisposedException>(() => former.WatchAsync(ActivityId));
        await Eventually.HoldsAsync(() => stage.Script.Connections.IsEmpty, "no connection is left");
    }

    [Fact]
    public async Task A_push_ends_the_pause_of_whoever_waits_for_an_outcome()
    {
        await using var stage = await StageAsync();
        using var api = new Script(
            Script.Answer(HttpStatusCode.Accepted, """{ "requestId": "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071", "status": "pending" }"""),
            Script.Answer(HttpStatusCode.OK, """{ "requestId": "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071", "status": "completed" }"""));
        using var both = new Split(api);
        await using var client = new RsvpClient(OptionsOf(stage) with { Handler = both, Wait = OutcomeWait.Push, TimeProvider = new Still() });
        var outcome = client.SubmitAsync(ActivityId);
        await Eventually.HoldsAsync(() => api.Asked.Count == 1, "it was submitted");

        await PushAsync(stage, Counts(2, confirmed: 2));

        Assert.False((await Eventually.EndsAsync(outcome, "the push was heard")).IsRefused);
        Assert.Equal(["POST", "GET"], api.Asked.Select(asked => asked.Method));
    }

    private static async Task<PushStage> StageAsync(params (string Method, object Document)[] snapshot)
    {
        var stage = await PushStage.StartAsync();
        stage.Script.Snapshot = snapshot;
        return stage;
    }

    private static RsvpClient ClientOf(PushStage stage) => new(OptionsOf(stage));

    private static RsvpClientOptions OptionsOf(PushStage stage) =>
        new() { BaseAddress = stage.Url, GetTokenAsync = _ => ValueTask.FromResult<string?>("token") };

    private static Task PushAsync(PushStage stage, (string Method, object Document) push) => stage.PushAsync(push.Method, push.Document);

    private static (string Method, object Document) Counts(long version, int confirmed) =>
        ("capacityUpdate", new { activityId = ActivityId, capacity = 5, confirmed, offered = 0, available = 5 - confirmed, waitlisted = 0, checkedIn = 0, version, added = "later" });

    private static (string Method, object Document) Line(long version, int length) => ("waitlistUpdate", new { activityId = ActivityId, length, version });

    private static (string Method, object Document) Own(long version, string status, int? position = null) =>
        ("rsvpStatusUpdate", new { rsvpId = RsvpId, activityId = ActivityId, status, waitlistPosition = position, offerExpiresAt = (string?)null, rsvpVersion = version, version });

    /// <summary>Everything that a watch told.</summary>
    private sealed class Seen : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly List<ActivityState> _states = [];
        private readonly Task<int> _watching;

        internal Seen(RsvpClient client) => _watching = WatchAsync(client);

        internal IReadOnlyList<ActivityState> All
        {
            get
            {
                lock (_states)
                {
                    return [.. _states];
                }
            }
        }

        /// <summary>Waits until the newest state is so.</summary>
        internal Task<ActivityState> SeesAsync(Func<ActivityState, bool> what) =>
            Eventually.ReturnsAsync(() => Task.FromResult(All is [.., var last] && what(last) ? last : null), "the watch sees it");

        internal Task<int> EndAsync() => _watching;

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await ((Task)_watching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _end.Dispose();
        }

        private async Task<int> WatchAsync(RsvpClient client)
        {
            await foreach (var state in client.WatchAsync(ActivityId, _end.Token))
            {
                lock (_states)
                {
                    _states.Add(state);
                }
            }

            return All.Count;
        }
    }

    /// <summary>The API by a script, the hub by the network.</summary>
    private sealed class Split(HttpMessageHandler api) : DelegatingHandler(new SocketsHttpHandler())
    {
        private readonly HttpMessageInvoker _api = new(api, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.RequestUri!.AbsolutePath.StartsWith("/hubs/", StringComparison.Ordinal) ? base.SendAsync(request, cancellationToken) : _api.SendAsync(request, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            _api.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>A clock on which no pause ever ends.</summary>
    private sealed class Still : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
