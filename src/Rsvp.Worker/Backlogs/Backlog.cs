using Npgsql;

namespace Rsvp.Worker.Backlogs;

/// <summary>What waits in the database to be done, as of one moment. Counts end at <see cref="CountMax"/>: past that the exact number tells nobody more.</summary>
/// <param name="OutboxMessages">Committed messages that the broker has not confirmed.</param>
/// <param name="OutboxAge">Age of the oldest of them; zero without any.</param>
/// <param name="OpenOffers">Offers that are neither accepted, declined nor expired.</param>
/// <param name="DueOffers">Those of them whose time is over.</param>
/// <param name="OpenVacancies">Activities with seats free for their line.</param>
/// <param name="StrandedVacancies">Those of them that are older than <see cref="StrandedAfter"/> and have no pass under way.</param>
/// <param name="VacancyAge">Age of the oldest vacancy; zero without any.</param>
internal sealed record Backlog(
    long OutboxMessages, TimeSpan OutboxAge, long OpenOffers, long DueOffers, long OpenVacancies, long StrandedVacancies, TimeSpan VacancyAge)
{
    /// <summary>Rows that are counted at most: some milliseconds.</summary>
    public const int CountMax = 10_000;

    /// <summary>As the sweep for stranded seats has it.</summary>
    public static readonly TimeSpan StrandedAfter = TimeSpan.FromSeconds(5);

    // The outbox is read by its ids, which begin with the time: its oldest row is the first that is left.
    private const string ReadSql =
        """
        SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT $1) AS waiting),
               coalesce((SELECT now() - created_at FROM outbox ORDER BY outbox_id LIMIT 1), '0'),
               offers.open, offers.due, vacancies.open, vacancies.stranded, coalesce(vacancies.age, '0')
        FROM   (SELECT count(*), count(*) FILTER (WHERE offer_expires_at <= now())
                FROM   (SELECT offer_expires_at FROM rsvps WHERE status = 'offered' LIMIT $1) AS offered) AS offers (open, due),
               (SELECT count(*),
                       count(*) FILTER (WHERE vacant_since < now() - $2 AND NOT EXISTS (
                           SELECT FROM deadlines d WHERE d.activity_id = vacant.activity_id AND d.kind = 'pass_answer')),
                       now() - min(vacant_since)
                FROM   (SELECT activity_id, vacant_since FROM activities WHERE vacant_since IS NOT NULL ORDER BY vacant_since LIMIT $1) AS vacant
               ) AS vacancies (open, stranded, age)
        """;

    /// <summary>Reads it in one statement, by the database's clock.</summary>
    /// <exception cref="NpgsqlException">The database is away or too slow.</exception>
    public static async Task<Backlog> ReadAsync(NpgsqlDataSource dataSource, TimeSpan longest, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(ReadSql);
        command.CommandTimeout = (int)Math.Ceiling(longest.TotalSeconds);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = CountMax });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = StrandedAfter });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new Backlog(
            row.GetInt64(0), Age(row.GetTimeSpan(1)), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), Age(row.GetTimeSpan(6)));
    }

    // A row may have been written by a transaction that began after this one.
    private static TimeSpan Age(TimeSpan age) => age > TimeSpan.Zero ? age : TimeSpan.Zero;
}
