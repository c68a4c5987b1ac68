using System.Globalization;

namespace Rsvp.Api.Tests.Http;

/// <summary>An activity whose rows a test writes as it wants to read them.</summary>
public abstract class SeededReads(ApiWorld world)
{
    private protected ApiWorld World { get; } = world;

    private protected Guid ActivityId { get; } = Guid.NewGuid();

    private protected Guid HostId { get; } = Guid.NewGuid();

    private protected Task<Answer> GetAsync(string path, string? token) => World.SendAsync(HttpMethod.Get, path, token);

    private protected Task SeedAsync(int? capacity = 5, int confirmed = 0, int waitlisted = 0, int places = 0) =>
        SeedAsync(ActivityId, HostId, capacity, confirmed, waitlisted, places);

    private protected async Task SeedAsync(
        Guid activity, Guid? host = null, int? capacity = 5, int confirmed = 0, int waitlisted = 0, int places = 0, string startsAt = "now() + interval '100 days'", string endsAt = "NULL", string cancelledAt = "NULL")
    {
        await World.Database.ExecuteAsync(
            $"""
            INSERT INTO activities (activity_id, title, starts_at, ends_at, cancelled_at, capacity, max_party_size, max_group_size, waitlist_enabled, promotion_mode, offer_minutes,
                promotion_cutoff_minutes, participants_visible, confirmed_participants, waitlisted_participants, waitlisted_places, next_line_key, log_seq, version, created_at, updated_at)
            VALUES ($1, 'T', {startsAt}, {endsAt}, {cancelledAt}, $2::int, 10, 10, true, 'auto', 60, 0, false, $3, $4, $5, 0, 0, 1, now(), now())
            """,
            activity,
            capacity,
            confirmed,
            waitlisted,
            places);
        if (host is not null)
        {
            await SeedUserAsync(host.Value, "Host");
            await World.Database.ExecuteAsync("INSERT INTO activity_hosts (activity_id, user_id, added_at) VALUES ($1, $2, now())", activity, host);
        }
    }

    private protected Task<int> SeedUserAsync(Guid userId, string? name) =>
        World.Database.ExecuteAsync("INSERT INTO users (user_id, name) VALUES ($1, $2::text) ON CONFLICT DO NOTHING", userId, name);

    private protected async Task<Guid> SeedRsvpAsync(
        Guid owner, string status, int guests = 0, string? requirements = null, string? name = null, Guid? group = null, long? lineKey = null, int? placeSpots = null)
    {
        await SeedUserAsync(owner, name);
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        await World.Database.ExecuteAsync(
            """
            INSERT INTO rsvps (rsvp_id, activity_id, user_id, status, guest_count, special_requirements, group_id, place_id, place_spots, line_key, line_seq, version, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6::text, $7::uuid, coalesce($7::uuid, $1), $8::int, $9::bigint, $9::bigint, 1, clock_timestamp(), clock_timestamp())
            """,
            id,
            ActivityId,
            owner,
            status,
            guests,
            requirements,
            group,
            placeSpots,
            lineKey);
        return id;
    }

    // A party of 3, a group of a party of 2 and a party of 1, and two parties of 1.
    private protected async Task<IReadOnlyList<(Guid User, Guid Rsvp)>> SeedLineAsync()
    {
        var group = Guid.NewGuid();
        (int Guests, Guid? Group, long LineKey, int Spots)[] line = [(2, null, 10, 3), (1, group, 20, 3), (0, group, 20, 3), (0, null, 30, 1), (0, null, 40, 1)];
        var seeded = new List<(Guid, Guid)>();
        foreach (var (guests, groupId, lineKey, spots) in line)
        {
            var user = Guid.NewGuid();
            var name = "=" + seeded.Count.ToString(CultureInfo.InvariantCulture);
            seeded.Add((user, await SeedRsvpAsync(user, "waitlisted", guests, name: name, group: groupId, lineKey: lineKey, placeSpots: spots)));
        }

        return seeded;
    }
}
