using Npgsql;

namespace Rsvp.Worker.Audit;

/// <summary>One row of the decision log, as the replay reads it; together with the line of its activity as the RSVPs have it now.</summary>
internal readonly record struct LogRow
{
    /// <summary>In the order of <see cref="Read"/>.</summary>
    public const string Columns =
        """
        l.activity_id, l.seq, l.rsvp_id, l.action, l.previous_status, l.new_status, l.spots, l.spots_affected, l.free_before, l.rule,
        l.code, l.line_key, l.place_id, l.metadata, l.at, a.capacity, a.skip_limit, a.parties, coalesce(a.keys, 0)
        """;

    public required Guid ActivityId { get; init; }

    public required long Seq { get; init; }

    public required Guid? RsvpId { get; init; }

    public required string Action { get; init; }

    public required string? PreviousStatus { get; init; }

    public required string? NewStatus { get; init; }

    public required int Spots { get; init; }

    public required int SpotsAffected { get; init; }

    public required int? FreeBefore { get; init; }

    public required string Rule { get; init; }

    public required string? Code { get; init; }

    public required long? LineKey { get; init; }

    public required Guid? PlaceId { get; init; }

    public required string? Metadata { get; init; }

    public required DateTime At { get; init; }

    /// <summary>Where the replay must end.</summary>
    public required PresentState Present { get; init; }

    /// <summary>Whether a host let somebody in beyond the capacity, on record.</summary>
    public bool IsOverride => Action == "overridden" || Rule.Contains("override", StringComparison.Ordinal);

    public static LogRow Read(NpgsqlDataReader row) => new()
    {
        ActivityId = row.GetGuid(0),
        Seq = row.GetInt64(1),
        RsvpId = row.IsDBNull(2) ? null : row.GetGuid(2),
        Action = row.GetString(3),
        PreviousStatus = Text(row, 4),
        NewStatus = Text(row, 5),
        Spots = row.GetInt32(6),
        SpotsAffected = row.GetInt32(7),
        FreeBefore = Number(row, 8),
        Rule = row.GetString(9),
        Code = Text(row, 10),
        LineKey = row.IsDBNull(11) ? null : row.GetInt64(11),
        PlaceId = row.IsDBNull(12) ? null : row.GetGuid(12),
        Metadata = Text(row, 13),
        At = row.GetDateTime(14),
        Present = new PresentState(Number(row, 15), Number(row, 16), row.GetInt64(17), row.GetDecimal(18)),
    };

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static int? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);
}

/// <summary>What the tables say of an activity now.</summary>
/// <param name="Capacity">People; null unlimited.</param>
/// <param name="SkipLimit">How often a place may be overtaken; null without limit.</param>
/// <param name="WaitingParties">RSVPs in line.</param>
/// <param name="LineKeys">The sum of their keys: differs when the line is another one.</param>
internal readonly record struct PresentState(int? Capacity, int? SkipLimit, long WaitingParties, decimal LineKeys);
