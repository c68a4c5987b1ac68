using Npgsql;
using Rsvp.Cli.Audit;
using Rsvp.Cli.Instances;

namespace Rsvp.Cli.Storm;

/// <summary>One thing that must be so after a storm.</summary>
internal sealed record StormCheck(string Name, string Expected, string Found)
{
    public bool Ok => Expected == Found;
}

/// <summary>What the database and the API say about a stormed activity, against what its clients were told.</summary>
internal sealed class StormChecks(RunFile run, StormOptions options)
{
    internal async Task<IReadOnlyList<StormCheck>> RunAsync(StormClient client, StormRound round, CancellationToken cancellationToken)
    {
        var checks = new List<StormCheck>();
        await using var dataSource = NpgsqlDataSource.Create(run.PostgresKeywords());
        await AuditRunner.SettleAsync(dataSource, AuditRunner.SettleAtMost, cancellationToken);

        int lost = round.Answers.Count(answer => answer.Kind is AnswerKind.None or AnswerKind.Pending);
        int errors = round.Answers.Count(answer => answer.Kind == AnswerKind.Error);
        checks.Add(new StormCheck("requests without an outcome", "0", Text(lost)));
        checks.Add(new StormCheck("requests that failed", "0", Text(errors)));

        Dictionary<Guid, string> stored = await ReadRsvpsAsync(dataSource, round.ActivityId, cancellationToken);
        Seats seats = await ReadSeatsAsync(dataSource, round.ActivityId, cancellationToken);
        int confirmed = stored.Values.Count(status => status == "confirmed");
        int waiting = stored.Values.Count(status => status == "waitlisted");
        int told = round.Answers.Count(answer => answer.Kind is AnswerKind.Confirmed or AnswerKind.Waitlisted);
        checks.Add(new StormCheck("RSVPs stored, as many as were granted", Text(told), Text(stored.Count)));
        checks.Add(new StormCheck("people told another status than is stored", "0", Text(CountContradictions(round, stored))));

        if (options.PartyMax == 1)
        {
            int decided = told;
            checks.Add(new StormCheck("seats filled", Text(Math.Min(options.Capacity, decided)), Text(seats.Confirmed)));
            checks.Add(new StormCheck("people in line", Text(Math.Max(0, decided - options.Capacity)), Text(waiting)));
        }
        else
        {
            checks.Add(new StormCheck("seats filled, at most the capacity", "true", seats.Confirmed <= options.Capacity ? "true" : Text(seats.Confirmed)));
            checks.Add(new StormCheck("parties confirmed or in line", Text(told), Text(confirmed + waiting)));
        }

        checks.Add(new StormCheck("seats counted and recounted", Text(seats.Confirmed), Text(seats.ConfirmedRecounted)));
        checks.Add(new StormCheck("positions in line", Range(waiting), await DescribePositionsAsync(client, round.ActivityId, waiting, cancellationToken)));

        int accepted = round.Answers.Count(answer => answer.RequestId != Guid.Empty);
        int distinct = round.Answers.Select(answer => answer.RequestId).Where(id => id != Guid.Empty).Distinct().Count();
        checks.Add(new StormCheck("accepted requests, each with an id of its own", Text(accepted), Text(distinct)));
        checks.Add(new StormCheck(
            "accepted requests with exactly one outcome stored", Text(accepted), Text(await CountOutcomesAsync(dataSource, round, cancellationToken))));
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
    private static int CountContradictions(StormRound round, Dictionary<Guid, string> stored)
    {
        int count = 0;
        for (int index = 0; index < round.Count; index++)
        {
            string? status = stored.GetValueOrDefault(round.Users[index]);
            count += round.Answers[index].Kind switch
            {
                AnswerKind.Confirmed => status == "confirmed" ? 0 : 1,
                AnswerKind.Waitlisted => status is "waitlisted" or "confirmed" or "offered" ? 0 : 1,
                AnswerKind.Refused => status is null || round.Answers[index].Code == "already_registered" ? 0 : 1,
                _ => 0,
            };
        }

        return count;
    }

    private static async Task<Dictionary<Guid, string>> ReadRsvpsAsync(
        NpgsqlDataSource dataSource, Guid activityId, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand("SELECT user_id, status FROM rsvps WHERE activity_id = $1");
        command.Parameters.Add(new() { Value = activityId });
        var rsvps = new Dictionary<Guid, string>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) rsvps.Add(reader.GetGuid(0), reader.GetString(1));
        return rsvps;
    }

    private static async Task<Seats> ReadSeatsAsync(NpgsqlDataSource dataSource, Guid activityId, CancellationToken cancellationToken)
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

    private static async Task<int> CountOutcomesAsync(NpgsqlDataSource dataSource, StormRound round, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = dataSource.CreateCommand("SELECT count(*)::integer FROM rsvp_requests WHERE request_id = ANY ($1)");
        command.Parameters.Add(new() { Value = round.Answers.Select(answer => answer.RequestId).Where(id => id != Guid.Empty).ToArray() });
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static string Range(int count) => count == 0 ? "none" : $"1..{count}";

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private readonly record struct Seats(int Confirmed, int ConfirmedRecounted);
}
