using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rsvp.Contracts;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Tests.Watching;

public sealed class WatcherTests
{
    private static readonly PushMessage Message = PushMessage.Capacity(
        new CapacityDocument { ActivityId = Guid.NewGuid(), Confirmed = 0, Offered = 0, Waitlisted = 0, CheckedIn = 0, Version = 1 }, default);

    private readonly FakeTimeProvider _time = new();
    private readonly PushOptions _options = new();

    [Fact]
    public void A_client_that_takes_everything_is_never_told_to_wait()
    {
        var watcher = new FakeWatcher(_options, _time, isStalled: false);

        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.True(watcher.TrySend(Message)));
        Assert.Equal(1_000, watcher.Written);
    }

    [Fact]
    public void A_client_that_takes_nothing_holds_a_bounded_number_of_messages_and_is_dropped_in_time()
    {
        var watcher = new FakeWatcher(_options, _time, isStalled: true);

        var accepted = Enumerable.Range(0, 1_000).Count(_ => watcher.TrySend(Message));
        var abortedEarly = watcher.IsAborted;
        _time.Advance(_options.SendTimeout + TimeSpan.FromMilliseconds(1));
        watcher.TrySend(Message);

        Assert.InRange(accepted, 1, 50);
        Assert.False(abortedEarly);
        Assert.True(watcher.IsAborted);
        Assert.True(watcher.IsClosed);
    }

    [Fact]
    public void A_client_that_is_slow_but_takes_something_is_kept()
    {
        var watcher = new FakeWatcher(_options, _time, isStalled: true);

        for (var round = 0; round < 20; round++)
        {
            while (watcher.TrySend(Message))
            {
            }

            _time.Advance(_options.SendTimeout * 0.9);
            watcher.TakeOne();
        }

        Assert.False(watcher.IsAborted);
    }

    [Fact]
    public void A_connection_that_ended_watches_nothing_more()
    {
        var watcher = new FakeWatcher(_options, _time, isStalled: false);
        var target = WatchTarget.Activity(Guid.NewGuid());

        Assert.True(watcher.TryAdd(target));
        watcher.Close();
        Assert.False(watcher.TryAdd(target));
    }

    private sealed class FakeWatcher(PushOptions options, TimeProvider timeProvider, bool isStalled)
        : Watcher(Guid.NewGuid(), isAdmin: false, options, timeProvider, new PushMetrics(
            new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()))
    {
        private readonly Queue<TaskCompletionSource> _waiting = [];

        internal int Written { get; private set; }

        internal bool IsAborted { get; private set; }

        internal override void Abort() => IsAborted = true;

        internal void TakeOne() => _waiting.Dequeue().SetResult();

        protected override ValueTask WriteAsync(PushMessage message)
        {
            Written++;
            if (!isStalled)
            {
                return ValueTask.CompletedTask;
            }

            _waiting.Enqueue(new TaskCompletionSource());
            return new ValueTask(_waiting.Last().Task);
        }
    }
}
