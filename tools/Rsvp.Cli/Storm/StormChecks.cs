using Npgsql;

namespace Rsvp.Cli.Storm;

/// <summary>One thing that must be so after a storm.</summary>
internal sealed record StormCheck(string Name, string Expected, string Found)
{
    public bool Ok => Expected == Found;
}

/// <summary>What the database and the API say about a stormed activity, against what its clients were told.</summary>
internal sealed class StormChecks(NpgsqlDataSource dataSource, StormOptions options)
{
    internal async Task<List<StormCheck>> RunAsync(
        StormClient client, StormRound rush, StormRound? cancels, CancellationToken cancellationToken)
    {
        Answer[] answers = [.. rush.Answers, .. cancels?.Answers ?? []];
        HashSet<Guid> leavers = [.. cancels?.Users ?? []];
        Dictionary<Guid, string> stored = await ReadRsvpsAsync(rush.ActivityId, cancellationToken);
        Seats seats = await ReadSeatsAsync(rush.ActivityId, cancellationToken);
        int waiting = stored.Values.Count(status => status == "waitlisted");
        int granted = rush.Answers.Count(answer => answer.Kind is AnswerKind.Confirmed or AnswerKind.Waitlisted);
        var checks = new List<StormCheck>
        {
            new("requests without an outcome", "0", Text(answers.Count(answer => answer.Kind is AnswerKind.None or AnswerKind.Pending))),
            new("requests that failed", "0", Text(answers.Count(answer => answer.Kind == AnswerKind.Error))),
            new("RSVPs stored, as many as were granted", Text(granted), Text(stored.Count)),
            new("people told another status than is stored", "0", Text(CountContradictions(rush, stored, leavers))),
        };
        if (cancels is not null) checks.Add(new StormCheck("cancels that succeeded", Text(cancels.Count), Text(cancels.CancelledCount)));

        int staying = granted - (cancels?.CancelledCount ?? 0);
        if (options.PartyMax == 1)
        {
            checks.Add(new StormCheck("seats filled", Text(Math.Min(options.Capacity, staying)), Text(seats.Confirmed)));
            checks.Add(new StormCheck("people in line", Text(Math.Max(0, staying - options.Capacity)), Text(waiting)));
        }
        else
        {
            int confirmed = stored.Values.Count(status => status == "confirmed");
            checks.Add(new StormCheck("seats filled, at most the capacity", Text(Math.Min(options.Capacity, seats.Confirmed)), Text(seats.Confirmed)));
            checks.Add(new StormCheck("parties confirmed or in line", Text(staying), Text(confirmed + waiting)));
        }

        checks.Add(new StormCheck("seats counted and recounted", Text(seats.Confirmed), Text(seats.ConfirmedRecounted)));
        checks.Add(new StormCheck("positions in line", Range(waiting), await DescribePositionsAsync(client, rush.ActivityId, waiting, cancellationToken)));

        Guid[] accepted = [.. rush.AcceptedIds(), .. cancels?.AcceptedIds() ?? []];
        checks.Add(new StormCheck("accepted requests, each with an id of its own", Text(accepted.Length), Text(accepted.Distinct().Count())));
        checks.Add(new StormCheck(
            "accepted requests with exactly one outcome stored", Text(accepted.Length), Text(await CountOutcomesAsync(accepted, cancellationToken))));
        return checks;
    }

    /// <summary>"1..n" when the host's list numbers the line without gap or repeat; otherwise what is wrong with it.</summary>
    private static async Task<string> DescribePositionsAsync(StormClient client, Guid activityId, int count, CancellationToken cancellationToken)
    {
        try
        {
            List<int> positions = await client.ReadPositionsAsync(activityId, cancellationToken);
            if (positions.SequenceEqual(Enumerable.Range(1, count))) return Range(count);

            return $"{positions.Count} entries, {positions.Distinct().Count()} positions up to {positions.DefaultIfEmpty().Max()}";
        }
        catch (HttpRequestException exception)
        {
            return $"no list: {exception.StatusCode}";
        }
    }

    /// <summary>Who was confirmed stays so; who was put in line may have been promoted since.</summary>
    private static int CountContradictions(StormRound round, Dictionary<Guid, string> stored, HashSet<Guid> leavers)
    {
        int count = 0;
        for (int index = 0; index < round.Count; index++)
        {
            string? status = stored.GetValueOrDefault(round.Users[index]);
            count += round.Answers[index].Kind switch
            {
                AnswerKind.Confirmed => status == (leavers.Contains(round.Users[index]) ? "cancelled" : "confirmed") ? 0 : 1,
                AnswerKind.Waitlisted => status is "waitlisted" or "confirmed" or "offered" ? 0 : 1,
                AnswerKind.Refused => status is null || round.Answers[index].Code == "already_registered" ? 0 : 1,
                _ => 0,
            };
        }

        return count;
    }

    private async Task<Dictionary<Guid, string>> ReadRsvpsAsync(Guid activityId, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand("SELECT user_id, status FROM rsvps WHERE activity_id = $1");
        command.Parameters.Add(new() { Value = activityId });
        var rsvps = new Dictionary<Guid, string>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) rsvps.Add(reader.GetGuid(0), reader.GetString(1));
        return rsvps;
    }

    private async Task<Seats> ReadSeatsAsync(Guid activityId, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand(
            """
            SELECT a.confirmed_participants, coalesce(sum(r.total_spots) FILTER (WHERE r.status = 'confirmed'), 0)::integer
            FROM   activities a
            LEFT   JOIN rsvps r USING (activity_id)
            WHERE  a.activity_id = $1
            GROUP  BY a.activity_id
            """);
        command.Parameters.Add(new() { Value = activityId });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new Seats(reader.GetInt32(0), reader.GetInt32(1)) : new Seats(-1, -2);
    }

    private async Task<int> CountOutcomesAsync(Guid[] requestIds, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand("SELECT count(*)::integer FROM rsvp_requests WHERE request_id = ANY ($1)");
        command.Parameters.Add(new() { Value = requestIds });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static string Range(int count) => count == 0 ? "none" : $"1..{count}";

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private readonly record struct Seats(int Confirmed, int ConfirmedRecounted);
}
