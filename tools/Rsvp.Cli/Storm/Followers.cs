using System.Collections.Concurrent;
using System.Globalization;
using Rsvp.Client;

namespace Rsvp.Cli.Storm;

/// <summary>
/// The first of the line follow the activity by <see cref="RsvpClient"/>, as an application would. They are few and not measured:
/// a client tells the newest state and hides what is old, and <see cref="PushWatchers"/> are there to see every message as it comes.
/// </summary>
internal sealed class Followers(StormClient storm, TimeProvider time) : IAsyncDisposable
{
    internal const int FollowersMax = 20;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<Guid, ActivityState> _known = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _following = [];

    internal void Follow(Guid activityId, IEnumerable<Guid> users)
    {
        foreach (Guid user in users.Take(FollowersMax))
        {
            _known[user] = new ActivityState { IsConnected = false };
            _following.Add(FollowAsync(activityId, user));
        }
    }

    /// <summary>Each of them ends up with the activity and their own place as the API tells them.</summary>
    internal async Task<StormCheck> CheckAsync(Guid activityId, TimeSpan atMost, CancellationToken cancellationToken)
    {
        DateTimeOffset until = time.GetUtcNow() + atMost;
        int upToDate;
        while ((upToDate = await CountUpToDateAsync(activityId, cancellationToken)) < _known.Count && time.GetUtcNow() < until)
        {
            await Task.Delay(LookInterval, time, cancellationToken);
        }

        return new StormCheck("followers who see the activity and their place as they are", Text(_known.Count), Text(upToDate));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_following);
        _stop.Dispose();
    }

    private async Task FollowAsync(Guid activityId, Guid user)
    {
        try
        {
            await using RsvpClient client = storm.ClientWith(storm.TokenFor(user));
            await foreach (ActivityState state in client.WatchAsync(activityId, _stop.Token)) _known[user] = state;
        }
        catch (RsvpException)
        {
            // Whoever cannot watch any more does not see how it ends, and is not counted.
        }
    }

    private async Task<int> CountUpToDateAsync(Guid activityId, CancellationToken cancellationToken)
    {
        int count = 0;
        foreach ((Guid user, ActivityState state) in _known)
        {
            await using RsvpClient client = storm.ClientWith(storm.TokenFor(user));
            Activity activity = await client.GetActivityAsync(activityId, cancellationToken);
            Place? place = await client.FindPlaceAsync(activityId, cancellationToken);
            bool isSame = state.Counts?.Version == activity.Version && state.Counts.Confirmed == activity.Confirmed && state.WaitlistLength == activity.WaitlistLength
                && (state.Own?.Status, state.Own?.WaitlistPosition) == (place?.Status, place?.WaitlistPosition);
            count += isSame ? 1 : 0;
        }

        return count;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
