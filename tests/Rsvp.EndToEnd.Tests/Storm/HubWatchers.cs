using System.Text.Json;
using Rsvp.Cli.Watch;
using Rsvp.Contracts;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Storm;

/// <summary>People who watch an activity over the hub, and connect again when they must.</summary>
internal sealed class HubWatchers : IAsyncDisposable
{
    // A watcher waits at most two seconds before it tries again, and a notifier takes seconds to start on a busy machine.
    private static readonly TimeSpan UpToDateAtMost = TimeSpan.FromSeconds(30);

    private readonly SystemFixture _system;
    private readonly Guid _activity;
    private readonly CancellationTokenSource _stop = new();
    private readonly HubWatcher[] _watchers;
    private readonly Task _running;

    internal HubWatchers(SystemFixture system, Guid activity, int count)
    {
        (_system, _activity) = (system, activity);
        var run = system.Run;
        _watchers = [.. Enumerable.Range(0, count).Select(_ => new HubWatcher(new ActivityLink(run, activity, Guid.NewGuid(), TimeProvider.System), activity))];
        _running = Task.WhenAll(_watchers.Select(watcher => watcher.RunAsync(_stop.Token)));
    }

    /// <summary>Waits until everybody knows what is stored, and asserts that nobody was told of an older version after a newer one.</summary>
    internal async Task AssertUpToDateAsync()
    {
        var anyone = _system.NewPerson();
        var stored = (await anyone.GetAsync($"/api/activities/{_activity}/capacity")).Body.Deserialize<CapacityDocument>(JsonSerializerOptions.Web);
        var length = (await anyone.GetAsync($"/api/activities/{_activity}/waitlist")).Body.GetProperty("length").GetInt32();

        await Eventually.HoldsAsync(
            () => _watchers.All(watcher => watcher.State.Counts == stored && watcher.State.LineLength == length),
            $"all watchers know of {stored} and {length} places in line",
            UpToDateAtMost);
        Assert.All(_watchers, watcher => Assert.Equal(0, watcher.BackCount));
    }

    internal void AssertNeverLost() => Assert.All(_watchers, watcher => Assert.Equal(0, watcher.State.LossCount));

    internal void AssertAllConnectedAgain() => Assert.All(_watchers, watcher => Assert.True(watcher.State is { IsConnected: true, LossCount: > 0 }));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private sealed class HubWatcher(ActivityLink link, Guid activity)
    {
        private long _version;

        internal WatchState State { get; } = new(activity, "");

        internal int BackCount { get; private set; }

        internal async Task RunAsync(CancellationToken cancellationToken)
        {
            var running = link.RunAsync(cancellationToken);
            await foreach (var happened in link.Events.ReadAllAsync(CancellationToken.None))
            {
                State.Apply(happened);
                var version = happened switch
                {
                    WatchEvent.Counts counts => counts.Document.Version,
                    WatchEvent.Line line => line.Document.Version,
                    _ => _version,
                };
                BackCount += version < _version ? 1 : 0;
                _version = version;
            }

            await running;
        }
    }
}
