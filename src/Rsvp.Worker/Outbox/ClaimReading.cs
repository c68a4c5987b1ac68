using Npgsql;
using Rsvp.Contracts;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Outbox;

/// <summary>Makes messages again from what was written with them.</summary>
internal static class ClaimReading
{
    // One statement, so that counts and RSVPs are of one moment. The rows that raise no version tell nobody anything new.
    private const string ChangedSql =
        $"""
        SELECT {RowReading.ActivityColumns}, r.rsvp_id, r.user_id, r.status, r.offer_expires_at, r.version
        FROM   activities a
        LEFT   JOIN rsvps r ON r.rsvp_id = ANY (ARRAY(
                   SELECT DISTINCT rsvp_id
                   FROM   rsvp_analytics
                   WHERE  activity_id = $1 AND seq BETWEEN $2 AND $3 AND code IS NULL AND action NOT IN ('reminded', 'moved', 'respaced')))
        WHERE  a.activity_id = $1
        """;

    private const string IssuedSql =
        """
        SELECT n.log_id, n.user_id, n.rsvp_id, n.kind, l.new_status, l.spots
        FROM   rsvp_analytics l
        JOIN   notifications n USING (log_id)
        WHERE  l.activity_id = $1 AND l.seq BETWEEN $2 AND $3
        ORDER  BY l.seq
        """;

    /// <summary>The kinds of rows that this build can read.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [nameof(ActivityChanged) + ClaimCheck.KindSuffix, nameof(NotificationsIssued) + ClaimCheck.KindSuffix];

    /// <summary>Reads what a row of the outbox stands for.</summary>
    /// <param name="connection">The worker's database.</param>
    /// <param name="kind">The row's kind.</param>
    /// <param name="json">The row's payload.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>
    /// The message: the same <see cref="NotificationsIssued"/>; or an <see cref="ActivityChanged"/> that tells of the activity and of the same RSVPs as they are by now, which is
    /// what a later message would have told. Null when this build does not know the kind, or nothing is left of what it told.
    /// </returns>
    public static async Task<object?> ReadAsync(NpgsqlConnection connection, string kind, string json, CancellationToken cancellationToken) => kind switch
    {
        nameof(ActivityChanged) + ClaimCheck.KindSuffix => await ReadChangedAsync(connection, ClaimCheck.FromJson(json), cancellationToken),
        nameof(NotificationsIssued) + ClaimCheck.KindSuffix => await ReadIssuedAsync(connection, ClaimCheck.FromJson(json), cancellationToken),
        _ => null,
    };

    private static async Task<ActivityChanged?> ReadChangedAsync(NpgsqlConnection connection, ClaimCheck check, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, ChangedSql, check);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        ActivityState? activity = null;
        var rsvps = new List<RsvpChanged>();
        while (await row.ReadAsync(cancellationToken))
        {
            activity ??= RowReading.Activity(row, 0);
            if (!row.IsDBNull(RowReading.ActivityColumnCount))
            {
                rsvps.Add(new RsvpChanged
                {
                    RsvpId = row.GetGuid(RowReading.ActivityColumnCount),
                    UserId = row.GetGuid(RowReading.ActivityColumnCount + 1),
                    Status = row.GetString(RowReading.ActivityColumnCount + 2),
                    OfferExpiresAt = row.IsDBNull(RowReading.ActivityColumnCount + 3) ? null : row.GetFieldValue<DateTimeOffset>(RowReading.ActivityColumnCount + 3),
                    RsvpVersion = row.GetInt64(RowReading.ActivityColumnCount + 4),
                });
            }
        }

        return activity is null
            ? null
            : new ActivityChanged
            {
                ActivityId = activity.Id,
                Version = activity.Version,
                At = check.At,
                Capacity = OutcomeBuilder.Capacity(activity),
                WaitlistLength = activity.WaitlistedPlaces,
                HostsChanged = check.HostsChanged,
                Rsvps = rsvps,
                TraceParent = check.TraceParent,
            };
    }

    private static async Task<NotificationsIssued?> ReadIssuedAsync(NpgsqlConnection connection, ClaimCheck check, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, IssuedSql, check);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var notifications = new List<Notification>();
        while (await row.ReadAsync(cancellationToken))
        {
            var logId = row.GetGuid(0);
            notifications.Add(new Notification
            {
                NotificationId = logId,
                UserId = row.GetGuid(1),
                RsvpId = row.GetGuid(2),
                Kind = row.GetString(3),
                Status = row.GetString(4),
                PartySize = row.GetInt32(5),
                OfferExpiresAt = check.OfferExpirations?.TryGetValue(logId, out var expiresAt) is true ? expiresAt : null,
            });
        }

        return notifications.Count == 0 ? null : new NotificationsIssued { ActivityId = check.ActivityId, At = check.At, Notifications = notifications };
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, ClaimCheck check) => new(sql, connection)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = check.ActivityId },
            new NpgsqlParameter<long> { TypedValue = check.FirstSeq },
            new NpgsqlParameter<long> { TypedValue = check.LastSeq },
        },
    };
}
