using Npgsql;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Waitlist;

namespace Rsvp.Worker.Partitions;

/// <summary>Reads of a line what a pass needs: not the line, but the next places that fit and the first that stands in their way.</summary>
internal static class LineLoad
{
    // How far from the head of the line places are counted; a pass that lets in somebody from further back does not say how many it left behind.
    private const int RankedMax = 5_000;

    // The sizes present are stepped through on the index by size, so that neither a long line nor a rare size is walked. Of a line that has just grown
    // there are no statistics, and a join would be planned for one row: what is found is looked up by its key, and what is counted is counted once.
    internal const string PlacesSql =
        $"""
        WITH RECURSIVE room AS (
            SELECT coalesce(skip_limit, 0) AS skip_limit, coalesce(capacity, 2147483647) AS capacity,
                   CASE WHEN capacity IS NULL THEN 2147483647 ELSE greatest(0, capacity - confirmed_participants - offered_participants) END AS free
            FROM   activities
            WHERE  activity_id = $1
        ), sizes AS (
            (SELECT r.place_spots AS spots FROM rsvps r WHERE r.activity_id = $1 AND r.status = 'waitlisted' ORDER BY r.place_spots LIMIT 1)
            UNION  ALL
            SELECT (SELECT r.place_spots FROM rsvps r
                    WHERE r.activity_id = $1 AND r.status = 'waitlisted' AND r.place_spots > sizes.spots ORDER BY r.place_spots LIMIT 1)
            FROM   sizes
            WHERE  sizes.spots IS NOT NULL
        ), fitting AS (
            SELECT place.line_key, sizes.spots
            FROM   room, sizes, LATERAL (
                SELECT DISTINCT r.line_key
                FROM   rsvps r
                WHERE  r.activity_id = $1 AND r.status = 'waitlisted' AND r.place_spots = sizes.spots
                ORDER  BY r.line_key
                LIMIT  $2
            ) AS place
            WHERE  sizes.spots <= room.free AND sizes.spots <= room.capacity
            ORDER  BY place.line_key
            LIMIT  $2
        ), in_the_way AS (
            (SELECT place.line_key, sizes.spots
             FROM   room, sizes, LATERAL (
                 SELECT r.line_key
                 FROM   rsvps r
                 WHERE  r.activity_id = $1 AND r.status = 'waitlisted' AND r.place_spots = sizes.spots AND NOT r.line_moved
                 ORDER  BY r.line_key
                 LIMIT  1
             ) AS place
             WHERE  sizes.spots > room.free AND sizes.spots <= room.capacity
             ORDER  BY place.line_key
             LIMIT  1)
            UNION
            SELECT r.line_key, r.place_spots
            FROM   room, rsvps r
            WHERE  r.activity_id = $1 AND r.line_moved AND r.place_spots > room.free AND r.place_spots <= room.capacity
        ), head AS (
            SELECT ARRAY(
                SELECT DISTINCT r.line_key
                FROM   rsvps r
                WHERE  r.activity_id = $1 AND r.status = 'waitlisted' AND r.line_key <= (SELECT max(line_key) FROM fitting)
                ORDER  BY r.line_key
                LIMIT  $3
            ) AS line_keys
        )
        SELECT {RowReading.RsvpColumns}, array_position(head.line_keys, r.line_key) - 1 AS ahead, (
                   -- Counted no further than the limit: then the line stops at it. Not for the smallest: where they do not fit nobody does. Those that have room now may
                   -- have none when the pass comes to them.
                   SELECT count(*)::int
                   FROM   (SELECT DISTINCT l.line_key, l.place_id
                           FROM   rsvp_analytics l
                           WHERE  l.activity_id = $1 AND l.rule = 'pass' AND l.line_key > r.line_key AND l.seq > r.line_seq
                             AND  r.place_spots > (SELECT min(spots) FROM sizes)
                           ORDER  BY l.line_key DESC
                           LIMIT  (SELECT skip_limit FROM room)) AS overtake)
        FROM   head, (SELECT * FROM fitting UNION ALL SELECT * FROM in_the_way) AS place, LATERAL (
            SELECT *
            FROM   rsvps
            WHERE  activity_id = $1 AND status = 'waitlisted' AND place_spots = place.spots AND line_key = place.line_key
            OFFSET 0
        ) AS r
        ORDER  BY r.line_key, r.rsvp_id
        """;

    /// <summary>Loads the line of an activity.</summary>
    /// <param name="connection">Open, outside a transaction.</param>
    /// <param name="activityId">The activity.</param>
    /// <param name="cancellationToken">Ends the load.</param>
    public static async Task<Line> ReadAsync(NpgsqlConnection connection, Guid activityId, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        Sql.Add(batch, PlacesSql, activityId, Pass.PlacesMax + 1, RankedMax);
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);

        const int Ahead = RowReading.RsvpColumnCount;
        const int Overtaken = Ahead + 1;
        var parties = new List<(RsvpState Rsvp, int? Ahead, int Overtaken)>();
        while (await row.ReadAsync(cancellationToken))
        {
            parties.Add((RowReading.Rsvp(row), row.IsDBNull(Ahead) ? null : row.GetInt32(Ahead), row.GetInt32(Overtaken)));
        }

        List<WaitingPlace> places = [.. parties.GroupBy(party => party.Rsvp.Place!.LineKey)
            .Select(place => new WaitingPlace(place.First().Rsvp.Place!, [.. place.Select(party => party.Rsvp)], place.First().Ahead, place.First().Overtaken))];
        return new Line(places, IsComplete: places.Count <= Pass.PlacesMax);
    }
}
