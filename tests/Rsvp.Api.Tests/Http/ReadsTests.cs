using System.Globalization;
using System.Text;

namespace Rsvp.Api.Tests.Http;

public sealed class ReadsTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private readonly Guid _activity = Guid.NewGuid();
    private readonly Guid _host = Guid.NewGuid();

    [Fact]
    public async Task Anybody_reads_settings_and_live_counts_of_an_activity()
    {
        await SeedAsync(capacity: 5, confirmed: 3, waitlisted: 4, places: 2);

        var activity = await GetAsync($"/api/activities/{_activity}", token: null);
        var capacity = await GetAsync($"/api/activities/{_activity}/capacity", token: null);

        Assert.Equal(
            ["id", "title", "status", "startsAt", "endsAt", "capacity", "maxPartySize", "maxGroupSize", "waitlistEnabled", "waitlistLimit", "skipLimit", "promotionMode", "offerMinutes",
                "promotionCutoffMinutes", "registrationOpensAt", "registrationClosesAt", "participantsVisible", "confirmed", "offered", "available", "waitlisted", "checkedIn",
                "waitlistLength", "createdAt", "updatedAt", "version"],
            activity.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("scheduled", "2", "2", "4"), (activity.Text("status"), activity.Text("available"), activity.Text("waitlistLength"), activity.Text("waitlisted")));
        Assert.Equal(activity.Text("startsAt"), activity.Text("registrationClosesAt"));
        Assert.Equal(
            ["activityId", "capacity", "confirmed", "offered", "available", "waitlisted", "checkedIn", "version"],
            capacity.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("5", "3", "2"), (capacity.Text("capacity"), capacity.Text("confirmed"), capacity.Text("available")));
    }

    [Fact]
    public async Task Without_a_limit_there_is_no_number_of_seats_available()
    {
        await SeedAsync(capacity: null);

        var capacity = await GetAsync($"/api/activities/{_activity}/capacity", token: null);

        Assert.Equal((string.Empty, string.Empty), (capacity.Text("capacity"), capacity.Text("available")));
    }

    [Theory]
    [InlineData("/api/activities/{0}")]
    [InlineData("/api/activities/{0}/capacity")]
    [InlineData("/api/activities/{0}/rsvp")]
    [InlineData("/api/activities/{0}/rsvps")]
    [InlineData("/api/activities/{0}/waitlist")]
    public async Task An_unknown_activity_is_404(string path)
    {
        var answer = await GetAsync(path.Replace("{0}", Guid.NewGuid().ToString(), StringComparison.Ordinal), ApiWorld.Token(_host));

        Assert.Equal((404, "activity_not_found"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task The_public_list_shows_what_is_to_come_and_pages_through_it_without_gap_or_repeat()
    {
        var expected = new List<Guid>();
        for (var day = 1; day <= 7; day++)
        {
            var id = Guid.NewGuid();
            expected.Add(id);
            await SeedAsync(id, startsAt: $"now() + interval '{day} days'");
        }

        var past = Guid.NewGuid();
        var running = Guid.NewGuid();
        var calledOff = Guid.NewGuid();
        await SeedAsync(past, startsAt: "now() - interval '1 day'");
        await SeedAsync(running, startsAt: "now() - interval '1 day'", endsAt: "now() + interval '1 day'");
        await SeedAsync(calledOff, startsAt: "now() + interval '1 day'", cancelledAt: "now()");

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await GetAsync("/api/activities?limit=3" + (cursor is null ? "" : "&cursor=" + cursor), token: null);
            var ids = page.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()).ToArray();
            Assert.InRange(ids.Length, 1, 3);
            seen.AddRange(ids);
            cursor = page.Json.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(expected, seen.Where(expected.Contains));
        Assert.Contains(running, seen);
        Assert.DoesNotContain(past, seen);
        Assert.DoesNotContain(calledOff, seen);
    }

    [Fact]
    public async Task An_rsvp_is_read_by_its_owner_and_the_hosts_and_does_not_exist_for_others()
    {
        await SeedAsync();
        var owner = Guid.NewGuid();
        var rsvp = await SeedRsvpAsync(owner, "confirmed", guests: 2, requirements: "ramp");

        var own = await GetAsync($"/api/rsvps/{rsvp}", ApiWorld.Token(owner));
        var mine = await GetAsync($"/api/activities/{_activity}/rsvp", ApiWorld.Token(owner));

        Assert.Equal((200, "\"1\"", "confirmed", "3", "ramp"), (own.Status, own.Headers["ETag"], own.Text("status"), own.Text("partySize"), own.Text("specialRequirements")));
        Assert.Equal(Encoding.UTF8.GetString(own.Body), Encoding.UTF8.GetString(mine.Body));
        Assert.Equal(200, (await GetAsync($"/api/rsvps/{rsvp}", ApiWorld.Token(_host))).Status);
        Assert.Equal(200, (await GetAsync($"/api/rsvps/{rsvp}", ApiWorld.Token(Guid.NewGuid(), role: "admin"))).Status);
        foreach (var path in new[] { $"/api/rsvps/{rsvp}", $"/api/rsvps/{rsvp}/position" })
        {
            var stranger = await GetAsync(path, ApiWorld.Token(Guid.NewGuid()));
            Assert.Equal((404, "rsvp_not_found"), (stranger.Status, stranger.Code));
        }

        var otherHost = Guid.NewGuid();
        await SeedAsync(Guid.NewGuid(), host: otherHost);
        Assert.Equal(404, (await GetAsync($"/api/rsvps/{rsvp}", ApiWorld.Token(otherHost))).Status);
    }

    [Fact]
    public async Task Who_has_no_rsvp_is_told_so()
    {
        await SeedAsync();

        var answer = await GetAsync($"/api/activities/{_activity}/rsvp", ApiWorld.Token(Guid.NewGuid()));

        Assert.Equal((404, "rsvp_not_found"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Positions_count_places_and_people_ahead()
    {
        await SeedAsync(waitlisted: 8, places: 4);
        var line = await SeedLineAsync();

        var positions = new List<(string?, string?, string?)>();
        foreach (var (user, rsvp) in line)
        {
            var position = await GetAsync($"/api/rsvps/{rsvp}/position", ApiWorld.Token(user));
            positions.Add((position.Text("position"), position.Text("partiesAhead"), position.Text("spotsAhead")));
            Assert.Equal(("waitlisted", "4", "1"), (position.Text("status"), position.Text("waitlistLength"), position.Text("version")));
            Assert.Equal(position.Text("position"), (await GetAsync($"/api/rsvps/{rsvp}", ApiWorld.Token(user))).Text("waitlistPosition"));
        }

        // A party of 3, a group of two parties that is one place of 3 people, a party of 1, a party of 1.
        Assert.Equal([("1", "0", "0"), ("2", "1", "3"), ("2", "1", "3"), ("3", "2", "6"), ("4", "3", "7")], positions);
    }

    [Fact]
    public async Task Who_does_not_wait_has_no_position()
    {
        await SeedAsync();
        var owner = Guid.NewGuid();
        var rsvp = await SeedRsvpAsync(owner, "confirmed");

        var answer = await GetAsync($"/api/rsvps/{rsvp}/position", ApiWorld.Token(owner));

        Assert.Equal((200, "confirmed", "", "", ""), (answer.Status, answer.Text("status"), answer.Text("position"), answer.Text("partiesAhead"), answer.Text("spotsAhead")));
    }

    [Fact]
    public async Task The_waitlist_shows_anybody_its_length_and_their_own_place_and_hosts_the_entries_too()
    {
        await SeedAsync(waitlisted: 8, places: 4);
        var line = await SeedLineAsync();

        var third = await GetAsync($"/api/activities/{_activity}/waitlist", ApiWorld.Token(line[3].User));
        var stranger = await GetAsync($"/api/activities/{_activity}/waitlist", ApiWorld.Token(Guid.NewGuid()));

        Assert.Equal(("4", "3", line[3].Rsvp.ToString()), (third.Text("length"), third.Text("position"), third.Text("rsvpId")));
        Assert.Equal(("4", ""), (stranger.Text("length"), stranger.Text("position")));
        Assert.All([third, stranger], answer => Assert.False(answer.Json.TryGetProperty("items", out _)));

        var entries = new List<(Guid, int, string?)>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"/api/activities/{_activity}/waitlist?limit=2" + (cursor is null ? "" : "&cursor=" + cursor), ApiWorld.Token(_host));
            foreach (var item in page.Json.GetProperty("items").EnumerateArray())
            {
                entries.Add((item.GetProperty("rsvpId").GetGuid(), item.GetProperty("position").GetInt32(), item.GetProperty("name").GetString()));
                Assert.Equal(
                    ["rsvpId", "groupId", "userId", "name", "partySize", "position", "skipped", "joinedAt"],
                    item.EnumerateObject().Select(member => member.Name));
            }

            cursor = page.Json.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        // The members of a group stand in one place; among them the order is by id.
        var places = new[] { 1, 2, 2, 3, 4 };
        Assert.Equal(places, entries.Select(entry => entry.Item2));
        Assert.Equal(line.Select((place, index) => (place.Rsvp, places[index], (string?)$"={index}")).Order(), entries.Order());
    }

    [Fact]
    public async Task The_hosts_list_shows_everybody_in_the_order_of_asking()
    {
        await SeedAsync(waitlisted: 8, places: 4);
        var line = await SeedLineAsync();
        var confirmed = await SeedRsvpAsync(Guid.NewGuid(), "confirmed");

        var all = await GetAsync($"/api/activities/{_activity}/rsvps?limit=4", ApiWorld.Token(_host));
        var rest = await GetAsync($"/api/activities/{_activity}/rsvps?limit=4&cursor={all.Text("nextCursor")}", ApiWorld.Token(_host));
        var some = await GetAsync($"/api/activities/{_activity}/rsvps?status=confirmed", ApiWorld.Token(_host));

        var ids = all.Json.GetProperty("items").EnumerateArray().Concat(rest.Json.GetProperty("items").EnumerateArray()).Select(item => item.GetProperty("id").GetGuid());
        Assert.Equal([.. line.Select(place => place.Rsvp), confirmed], ids);
        Assert.Equal(["1", "2", "2", "3"], all.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("waitlistPosition").ToString()));
        Assert.Equal(confirmed, Assert.Single(some.Json.GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task The_hosts_list_finds_people_by_a_part_of_their_name_whatever_the_case()
    {
        await SeedAsync();
        var (ada, ben, nameless) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var (adas, bens) = (await SeedRsvpAsync(ada, "confirmed"), await SeedRsvpAsync(ben, "confirmed"));
        await SeedRsvpAsync(nameless, "confirmed");
        await world.Database.ExecuteAsync("UPDATE users SET name = CASE user_id WHEN $1 THEN 'Ada Lovelace' WHEN $2 THEN 'Ben 100% Ådland' END WHERE user_id IN ($1, $2)", ada, ben);

        Assert.Equal([adas], await FindAsync("status=confirmed&search=LOVE"));
        Assert.Equal([bens], await FindAsync("search=100%25"));
        Assert.Equal([bens], await FindAsync("search=åd"));
        Assert.Equal([bens], await FindAsync("search=ÅD"));
        Assert.Equal(new[] { adas, bens }.Order(), (await FindAsync("search=d")).Order());
        Assert.Empty(await FindAsync("status=waitlisted&search=love"));
        Assert.Empty(await FindAsync("search=Lo_e"));
        Assert.Empty(await FindAsync($"search={Faces(200)}"));
        Assert.Equal(400, (await GetAsync($"/api/activities/{_activity}/rsvps?search={Faces(201)}", ApiWorld.Token(_host))).Status);
        Assert.Equal(400, (await GetAsync($"/api/activities/{_activity}/rsvps?search=a%00", ApiWorld.Token(_host))).Status);

        // Each is one code point, and two units of UTF-16.
        static string Faces(int count) => Uri.EscapeDataString(string.Concat(Enumerable.Repeat("😀", count)));

        async Task<IEnumerable<Guid>> FindAsync(string query) =>
            (await GetAsync($"/api/activities/{_activity}/rsvps?{query}", ApiWorld.Token(_host))).Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task The_hosts_list_is_for_hosts()
    {
        await SeedAsync();

        var stranger = await GetAsync($"/api/activities/{_activity}/rsvps", ApiWorld.Token(Guid.NewGuid()));

        Assert.Equal((403, "not_host"), (stranger.Status, stranger.Code));
        Assert.Equal(200, (await GetAsync($"/api/activities/{_activity}/rsvps", ApiWorld.Token(Guid.NewGuid(), role: "admin"))).Status);
        Assert.Equal(400, (await GetAsync($"/api/activities/{_activity}/rsvps?status=perhaps", ApiWorld.Token(_host))).Status);
    }

    [Fact]
    public async Task The_hosts_list_is_csv_for_who_asks_for_it()
    {
        await SeedAsync(waitlisted: 8, places: 4);
        var line = await SeedLineAsync();

        var csv = await world.SendAsync(HttpMethod.Get, $"/api/activities/{_activity}/rsvps?limit=1&status=waitlisted", ApiWorld.Token(_host), null, ("Accept", "text/csv"));

        Assert.Equal((200, "text/csv; charset=utf-8"), (csv.Status, csv.Headers["Content-Type"]));
        Assert.Equal([0xEF, 0xBB, 0xBF], csv.Body[..3]);
        var rows = Encoding.UTF8.GetString(csv.Body[3..]).TrimEnd().Split("\r\n");
        Assert.Equal("id,activityId,userId,name,status,guestCount,partySize,specialRequirements,waitlistPosition,offerExpiresAt,groupId,checkedIn,checkInTime,createdAt,updatedAt,version", rows[0]);
        Assert.Equal(line.Count, rows.Length - 1);
        Assert.StartsWith($"{line[0].Rsvp},{_activity},{line[0].User},'=0,waitlisted,2,3,,1,,,false,,", rows[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json, text/csv;q=0.5", "application/json")]
    [InlineData("text/csv, application/json;q=0.5", "text/csv; charset=utf-8")]
    [InlineData("*/*", "application/json")]
    [InlineData("text/html", "application/json")]
    public async Task The_better_liked_type_wins(string accept, string type)
    {
        await SeedAsync();

        var answer = await world.SendAsync(HttpMethod.Get, $"/api/activities/{_activity}/rsvps", ApiWorld.Token(_host), null, ("Accept", accept));

        Assert.Equal(type, answer.Headers["Content-Type"]);
    }

    [Fact]
    public async Task A_deleted_user_may_look_at_nothing_any_more()
    {
        await SeedAsync();
        var owner = Guid.NewGuid();
        var rsvp = await SeedRsvpAsync(owner, "confirmed");
        var others = await SeedRsvpAsync(Guid.NewGuid(), "confirmed");
        var elsewhere = Guid.NewGuid();
        await SeedAsync(elsewhere);
        await world.Database.ExecuteAsync("UPDATE users SET deleted_at = now() WHERE user_id = $1", owner);

        foreach (var path in new[]
        {
            $"/api/rsvps/{rsvp}", $"/api/rsvps/{rsvp}/position", $"/api/rsvps/{rsvp}/history", $"/api/rsvps/{others}", $"/api/rsvps/{Guid.NewGuid()}/position",
            $"/api/activities/{_activity}/rsvp", $"/api/activities/{elsewhere}/rsvp", $"/api/activities/{_activity}/waitlist", $"/api/activities/{_activity}/rsvps",
            "/api/users/me", "/api/users/my-rsvps",
        })
        {
            var answer = await GetAsync(path, ApiWorld.Token(owner));
            Assert.True((answer.Status, answer.Code) == (403, "user_deleted"), $"{path}: {answer.Status} {answer.Code}");
        }

        foreach (var action in new[] { "accept", "decline", "check-in" })
        {
            Assert.Equal("user_deleted", (await world.SendAsync(HttpMethod.Post, $"/api/rsvps/{others}/{action}", ApiWorld.Token(owner))).Code);
        }
    }

    [Fact]
    public async Task A_page_has_fifty_items_unless_said_and_never_more_than_five_hundred()
    {
        await SeedAsync();
        await world.Database.ExecuteAsync(
            """
            WITH asking AS (SELECT gen_random_uuid() AS id FROM generate_series(1, 501)), known AS (INSERT INTO users (user_id) SELECT id FROM asking)
            INSERT INTO rsvps (rsvp_id, activity_id, user_id, status, guest_count, place_id, version, created_at, updated_at)
            SELECT id, $1, id, 'confirmed', 0, id, 1, now(), now() FROM asking
            """,
            _activity);

        var pages = new List<(int Items, bool HasNext)>();
        foreach (var query in new[] { "", "?limit=500", "?limit=501", "?limit=999999" })
        {
            var page = await GetAsync($"/api/activities/{_activity}/rsvps{query}", ApiWorld.Token(_host));
            pages.Add((page.Json.GetProperty("items").GetArrayLength(), page.Text("nextCursor") is { Length: > 0 }));
        }

        Assert.Equal([(50, true), (500, true), (500, true), (500, true)], pages);
    }

    [Fact]
    public async Task What_goes_on_is_not_past_until_it_ends()
    {
        await SeedAsync(_activity, _host, startsAt: "now() - interval '1 hour'", endsAt: "now() + interval '1 hour'");
        var owner = Guid.NewGuid();
        await SeedRsvpAsync(owner, "confirmed");

        async Task<(int Upcoming, int Past)> CountAsync()
        {
            var upcoming = await GetAsync("/api/users/my-rsvps?when=upcoming", ApiWorld.Token(owner));
            var past = await GetAsync("/api/users/my-rsvps?when=past", ApiWorld.Token(owner));
            return (upcoming.Json.GetProperty("items").GetArrayLength(), past.Json.GetProperty("items").GetArrayLength());
        }

        Assert.Equal((1, 0), await CountAsync());
        await world.Database.ExecuteAsync("UPDATE activities SET ends_at = now() WHERE activity_id = $1", _activity);
        Assert.Equal((0, 1), await CountAsync());
    }

    [Fact]
    public async Task A_statement_that_the_database_refuses_shows_nothing_of_itself()
    {
        await world.Database.ExecuteAsync("ALTER TABLE notification_preferences RENAME TO elsewhere");
        var answer = await GetAsync("/api/users/me/notifications", ApiWorld.Token(Guid.NewGuid()));
        await world.Database.ExecuteAsync("ALTER TABLE elsewhere RENAME TO notification_preferences");

        Assert.Equal((503, "unavailable"), (answer.Status, answer.Code));
        Assert.Equal(["type", "title", "status", "code", "traceId"], answer.Json.EnumerateObject().Select(member => member.Name));
    }

    private Task<Answer> GetAsync(string path, string? token) => world.SendAsync(HttpMethod.Get, path, token);

    private Task SeedAsync(int? capacity = 5, int confirmed = 0, int waitlisted = 0, int places = 0) =>
        SeedAsync(_activity, _host, capacity, confirmed, waitlisted, places);

    private async Task SeedAsync(
        Guid activity, Guid? host = null, int? capacity = 5, int confirmed = 0, int waitlisted = 0, int places = 0, string startsAt = "now() + interval '100 days'", string endsAt = "NULL", string cancelledAt = "NULL")
    {
        await world.Database.ExecuteAsync(
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
            await world.Database.ExecuteAsync("INSERT INTO activity_hosts (activity_id, user_id, added_at) VALUES ($1, $2, now())", activity, host);
        }
    }

    private Task<int> SeedUserAsync(Guid userId, string? name) =>
        world.Database.ExecuteAsync("INSERT INTO users (user_id, name) VALUES ($1, $2::text) ON CONFLICT DO NOTHING", userId, name);

    private async Task<Guid> SeedRsvpAsync(
        Guid owner, string status, int guests = 0, string? requirements = null, string? name = null, Guid? group = null, long? lineKey = null, int? placeSpots = null)
    {
        await SeedUserAsync(owner, name);
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        await world.Database.ExecuteAsync(
            """
            INSERT INTO rsvps (rsvp_id, activity_id, user_id, status, guest_count, special_requirements, group_id, place_id, place_spots, line_key, line_seq, version, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6::text, $7::uuid, coalesce($7::uuid, $1), $8::int, $9::bigint, $9::bigint, 1, clock_timestamp(), clock_timestamp())
            """,
            id,
            _activity,
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
    private async Task<IReadOnlyList<(Guid User, Guid Rsvp)>> SeedLineAsync()
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
