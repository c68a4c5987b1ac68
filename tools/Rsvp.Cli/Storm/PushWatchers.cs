using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using Npgsql;

namespace Rsvp.Cli.Storm;

/// <summary>
/// People at the head of the line, each with a socket open, who hear of their promotion. Who loses a socket opens another. They are a meter, so
/// they read the socket itself: what must be seen here, an older version after a newer one, a client is made to hide.
/// </summary>
internal sealed class PushWatchers(Uri apiUrl, TimeProvider time) : IAsyncDisposable
{
    private const int WatchersMax = 500;
    private const int ConnectAtOnce = 16;
    private static readonly TimeSpan ConnectAtMost = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentBag<Task> _readers = [];
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _heard = new();
    private readonly ConcurrentDictionary<Guid, PushWatch> _watches = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>RSVPs with a watcher.</summary>
    internal ICollection<Guid> Watching => _watches.Keys;

    /// <summary>When each watcher heard of being confirmed.</summary>
    internal IReadOnlyDictionary<Guid, DateTimeOffset> Heard => _heard;

    /// <summary>Opens a socket for everybody whom the coming cancels may promote.</summary>
    /// <returns>Who they are, the next in line first.</returns>
    internal async Task<IReadOnlyList<Guid>> ConnectAsync(
        NpgsqlDataSource dataSource, StormClient client, StormRound rush, int cancelCount, CancellationToken cancellationToken)
    {
        List<(Guid Rsvp, Guid User)> people = await ReadHeadAsync(dataSource, rush.ActivityId, Math.Min(WatchersMax, cancelCount * 2), cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectAtMost);
        await Parallel.ForEachAsync(
            people,
            new ParallelOptions { MaxDegreeOfParallelism = ConnectAtOnce, CancellationToken = limit.Token },
            async (person, token) => await WatchAsync(new PushWatch(person.Rsvp, client.TokenFor(person.User)), token));
        return [.. people.Select(person => person.User)];
    }

    /// <summary>Every watcher ends up with what is stored, and none was told of an older version after a newer one.</summary>
    internal async Task<List<StormCheck>> CheckAsync(NpgsqlDataSource dataSource, Guid activityId, TimeSpan atMost, CancellationToken cancellationToken)
    {
        DateTimeOffset until = time.GetUtcNow() + atMost;
        Dictionary<Guid, PushState> stored = await ReadStatesAsync(dataSource, activityId, cancellationToken);
        while (CountUpToDate() < _watches.Count && time.GetUtcNow() < until) await Task.Delay(PollInterval, time, cancellationToken);

        return
        [
            new StormCheck("watchers who know what is stored now", Text(_watches.Count), Text(CountUpToDate())),
            new StormCheck("watchers who were told of an older version", "0", Text(_watches.Values.Count(watch => watch.BackCount > 0))),
        ];

        int CountUpToDate() => _watches.Values.Count(watch => stored.GetValueOrDefault(watch.RsvpId) is { } state && state == watch.Last);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_readers);
        _stop.Dispose();
    }

    private async Task WatchAsync(PushWatch watch, CancellationToken cancellationToken)
    {
        ClientWebSocket socket = await watch.ConnectAsync(apiUrl, cancellationToken);

        // The snapshot comes first; from then on nothing can be missed.
        await watch.ReceiveAsync(socket, cancellationToken);
        _watches[watch.RsvpId] = watch;
        _readers.Add(FollowAsync(watch, socket));
    }

    private async Task FollowAsync(PushWatch watch, ClientWebSocket? socket)
    {
        try
        {
            while (true)
            {
                await ReadAsync(watch, socket);
                socket = null;
                await Task.Delay(ReconnectPause, time, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // All have heard what they had to.
        }
    }

    /// <summary>Until the socket, which is opened when there is none, is lost.</summary>
    private async Task ReadAsync(PushWatch watch, ClientWebSocket? socket)
    {
        try
        {
            socket ??= await watch.ConnectAsync(apiUrl, _stop.Token);
            while (await watch.ReceiveAsync(socket, _stop.Token) is { } state)
            {
                DateTimeOffset now = time.GetUtcNow();
                if (state.Status == "confirmed") _heard.TryAdd(watch.RsvpId, now);
            }
        }
        catch (WebSocketException)
        {
            // The snapshot of the next connection tells what this one did not.
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private static async Task<List<(Guid Rsvp, Guid User)>> ReadHeadAsync(NpgsqlDataSource dataSource, Guid activityId, int count, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand(
            "SELECT rsvp_id, user_id FROM rsvps WHERE activity_id = $1 AND status = 'waitlisted' ORDER BY line_key, rsvp_id LIMIT $2");
        command.Parameters.Add(new() { Value = activityId });
        command.Parameters.Add(new() { Value = count });
        var people = new List<(Guid Rsvp, Guid User)>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) people.Add((reader.GetGuid(0), reader.GetGuid(1)));
        return people;
    }

    private static async Task<Dictionary<Guid, PushState>> ReadStatesAsync(NpgsqlDataSource dataSource, Guid activityId, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand(
            """
            WITH line AS (
                SELECT rsvp_id, row_number() OVER (ORDER BY line_key, rsvp_id)::integer AS position
                FROM   rsvps
                WHERE  activity_id = $1 AND status = 'waitlisted'
            )
            SELECT rsvp_id, status, version, position
            FROM   rsvps
            LEFT   JOIN line USING (rsvp_id)
            WHERE  activity_id = $1
            """);
        command.Parameters.Add(new() { Value = activityId });
        var states = new Dictionary<Guid, PushState>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            states.Add(reader.GetGuid(0), new PushState(reader.GetString(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetInt32(3)));
        }

        return states;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
