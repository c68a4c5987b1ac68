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
    internal const string CheckName = "followers who see the activity and their place as they are";
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<Guid, ActivityState> _known = new();
    private readonly ConcurrentDictionary<Guid, string> _lost = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _following = [];

    /// <summary>Connects them, so that what is measured next does not pay for it. Who is not there in time is found by the check.</summary>
    internal async Task FollowAsync(Guid activityId, IEnumerable<Guid> users, TimeSpan atMost, CancellationToken cancellationToken)
    {
        DateTimeOffset until = time.GetUtcNow() + atMost;
        foreach (Guid user in users.Take(FollowersMax))
        {
            _known[user] = new ActivityState { IsConnected = false };
            _following.Add(WatchAsync(activityId, user));
        }

        while (!_known.All(one => one.Value is { IsConnected: true, Counts: not null } || _lost.ContainsKey(one.Key)) && time.GetUtcNow() < until)
        {
            await Task.Delay(LookInterval, time, cancellationToken);
        }
    }

    /// <summary>Each of them ends up with the activity and their own place as the API tells them.</summary>
    internal async Task<StormCheck> CheckAsync(Guid activityId, TimeSpan atMost, CancellationToken cancellationToken)
    {
        DateTimeOffset until = time.GetUtcNow() + atMost;
        Look look;
        while ((look = await LookAsync(activityId, cancellationToken)).UpToDateCount < _known.Count && time.GetUtcNow() < until)
        {
            await Task.Delay(LookInterval, time, cancellationToken);
        }

        return new StormCheck(CheckName, Text(_known.Count), look.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_following);
        _stop.Dispose();
    }

    private async Task WatchAsync(Guid activityId, Guid user)
    {
        try
        {
            await using RsvpClient client = storm.ClientWith(storm.TokenFor(user));
            await foreach (ActivityState state in client.WatchAsync(activityId, _stop.Token)) _known[user] = state;
        }
        catch (RsvpException refusal)
        {
            // Whoever cannot watch any more does not see how it ends.
            _lost[user] = refusal.Problem.Code;
        }
    }

    private async Task<Look> LookAsync(Guid activityId, CancellationToken cancellationToken)
    {
        int count = 0;
        var codes = new List<string>();
        foreach ((Guid user, ActivityState state) in _known)
        {
            if (_lost.TryGetValue(user, out string? lost))
            {
                codes.Add(lost);
                continue;
            }

            try
            {
                if (await IsUpToDateAsync(activityId, user, state, cancellationToken)) count++;
            }
            catch (RsvpException refusal)
            {
                // What cannot be compared is not as it should be; a storm has more to tell than that.
                codes.Add(refusal.Problem.Code);
            }
        }

        return new Look(count, [.. codes.Distinct().Order(StringComparer.Ordinal)]);
    }

    private async Task<bool> IsUpToDateAsync(Guid activityId, Guid user, ActivityState state, CancellationToken cancellationToken)
    {
        await using RsvpClient client = storm.ClientWith(storm.TokenFor(user));
        Activity activity = await client.GetActivityAsync(activityId, cancellationToken);
        Place? place = await client.FindPlaceAsync(activityId, cancellationToken);
        return state.Counts?.Version == activity.Version && state.Counts.Confirmed == activity.Confirmed && state.WaitlistLength == activity.WaitlistLength
            && (state.Own?.Status, state.Own?.WaitlistPosition) == (place?.Status, place?.WaitlistPosition);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>How many see it as it is, and why others do not.</summary>
    private sealed record Look(int UpToDateCount, string[] Codes)
    {
        public override string ToString() => Codes.Length == 0 ? Text(UpToDateCount) : $"{Text(UpToDateCount)} ({string.Join(", ", Codes)})";
    }
}
