using Npgsql;

namespace Rsvp.Cli.Storm;

/// <summary>What the decision log says about the seats that cancels freed: who got them, in which order, and how long that took.</summary>
internal sealed class Promotions
{
    private readonly List<long> _lineKeys = [];
    private readonly List<TimeSpan> _waits = [];
    private readonly Dictionary<Guid, DateTimeOffset> _freedAt = [];

    /// <summary>From the decision that freed the last seat a promoted party needed to the decision that promoted it.</summary>
    internal LatencyFigures Latency => LatencyFigures.From(_waits);

    /// <summary>Who was promoted into a seat that a cancel had freed.</summary>
    internal IReadOnlyCollection<Guid> Promoted => _freedAt.Keys;

    /// <summary>From the decision that freed the seats to the arrival of the news at the one who got them.</summary>
    internal LatencyFigures PushLatency(PushWatchers watchers) => LatencyFigures.From(
        _freedAt.Where(promoted => watchers.Heard.ContainsKey(promoted.Key)).Select(promoted => watchers.Heard[promoted.Key] - promoted.Value));

    /// <summary>Everybody who watched and was promoted has heard of it.</summary>
    internal StormCheck CheckPush(PushWatchers watchers)
    {
        int watching = Promoted.Count(watchers.Watching.Contains);
        int heard = Promoted.Count(rsvp => watchers.Watching.Contains(rsvp) && watchers.Heard.ContainsKey(rsvp));
        return new StormCheck("promoted watchers who were told", $"{watching}", $"{heard}");
    }

    internal static async Task<Promotions> ReadAsync(NpgsqlDataSource dataSource, Guid activityId, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand(
            """
            SELECT at, spots_affected, rule = 'pass', coalesce(line_key, 0), rsvp_id
            FROM   rsvp_analytics
            WHERE  activity_id = $1 AND spots_affected <> 0
            ORDER  BY seq
            """);
        command.Parameters.Add(new() { Value = activityId });
        var found = new Promotions();
        var freed = new Queue<DateTime>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(freed, reader.GetDateTime(0), reader.GetInt32(1), reader.GetBoolean(2), reader.GetInt64(3), reader.GetGuid(4));
        }

        return found;
    }

    internal IEnumerable<StormCheck> Check(StormOptions options)
    {
        // With mixed parties smaller ones may pass larger ones by the policy; the auditor replays that.
        if (options.PartyMax > 1) yield break;

        bool inOrder = _lineKeys.Zip(_lineKeys.Skip(1)).All(pair => pair.First < pair.Second);
        yield return new StormCheck("promotions in line order", "true", inOrder ? "true" : "false");
    }

    /// <summary>Seats are filled in the order in which they were freed.</summary>
    private void Add(Queue<DateTime> freed, DateTime at, int spots, bool isPromotion, long lineKey, Guid rsvpId)
    {
        for (int seat = spots; seat < 0; seat++) freed.Enqueue(at);
        if (!isPromotion) return;

        _lineKeys.Add(lineKey);
        DateTime? since = null;
        for (int seat = 0; seat < spots && freed.TryDequeue(out DateTime time); seat++) since = time;
        if (since is not { } then) return;

        _waits.Add(at - then);
        _freedAt[rsvpId] = then;
    }
}
