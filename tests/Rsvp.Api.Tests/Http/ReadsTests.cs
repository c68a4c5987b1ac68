using System.Text;

namespace Rsvp.Api.Tests.Http;

public sealed class ReadsTests(ApiWorld world) : SeededReads(world), IClassFixture<ApiWorld>
{
    [Fact]
    public async Task Anybody_reads_settings_and_live_counts_of_an_activity()
    {
        await SeedAsync(capacity: 5, confirmed: 3, waitlisted: 4, places: 2);

        var activity = await GetAsync($"/api/activities/{ActivityId}", token: null);
        var capacity = await GetAsync($"/api/activities/{ActivityId}/capacity", token: null);

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

        var capacity = await GetAsync($"/api/activities/{ActivityId}/capacity", token: null);

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
        var answer = await GetAsync(path.Replace("{0}", Guid.NewGuid().ToString(), StringComparison.Ordinal), ApiWorld.Token(HostId));

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
        var mine = await GetAsync($"/api/activities/{ActivityId}/rsvp", ApiWorld.Token(owner));

        Assert.Equal((200, "\"1\"", "confirmed", "3", "ramp"), (own.Status, own.Headers["ETag"], own.Text("status"), own.Text("partySize"), own.Text("specialRequirements")));
        Assert.Equal(Encoding.UTF8.GetString(own.Body), Encoding.UTF8.GetString(mine.Body));
        Assert.Equal(200, (await GetAsync($"/api/rsvps/{rsvp}", ApiWorld.Token(HostId))).Status);
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

        var answer = await GetAsync($"/api/activities/{ActivityId}/rsvp", ApiWorld.Token(Guid.NewGuid()));

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

        var third = await GetAsync($"/api/activities/{ActivityId}/waitlist", ApiWorld.Token(line[3].User));
        var stranger = await GetAsync($"/api/activities/{ActivityId}/waitlist", ApiWorld.Token(Guid.NewGuid()));

        Assert.Equal(("4", "3", line[3].Rsvp.ToString()), (third.Text("length"), third.Text("position"), third.Text("rsvpId")));
        Assert.Equal(("4", ""), (stranger.Text("length"), stranger.Text("position")));
        Assert.All([third, stranger], answer => Assert.False(answer.Json.TryGetProperty("items", out _)));

        var entries = new List<(Guid, int, string?)>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"/api/activities/{ActivityId}/waitlist?limit=2" + (cursor is null ? "" : "&cursor=" + cursor), ApiWorld.Token(HostId));
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
    public async Task A_deleted_user_may_look_at_nothing_any_more()
    {
        await SeedAsync();
        var owner = Guid.NewGuid();
        var rsvp = await SeedRsvpAsync(owner, "confirmed");
        var others = await SeedRsvpAsync(Guid.NewGuid(), "confirmed");
        var elsewhere = Guid.NewGuid();
        await SeedAsync(elsewhere);
        await World.Database.ExecuteAsync("UPDATE users SET deleted_at = now() WHERE user_id = $1", owner);

        foreach (var path in new[]
        {
            $"/api/rsvps/{rsvp}", $"/api/rsvps/{rsvp}/position", $"/api/rsvps/{rsvp}/history", $"/api/rsvps/{others}", $"/api/rsvps/{Guid.NewGuid()}/position",
            $"/api/activities/{ActivityId}/rsvp", $"/api/activities/{elsewhere}/rsvp", $"/api/activities/{ActivityId}/waitlist", $"/api/activities/{ActivityId}/rsvps",
            "/api/users/me", "/api/users/my-rsvps",
        })
        {
            var answer = await GetAsync(path, ApiWorld.Token(owner));
            Assert.True((answer.Status, answer.Code) == (403, "user_deleted"), $"{path}: {answer.Status} {answer.Code}");
        }

        foreach (var action in new[] { "accept", "decline", "check-in" })
        {
            Assert.Equal("user_deleted", (await World.SendAsync(HttpMethod.Post, $"/api/rsvps/{others}/{action}", ApiWorld.Token(owner))).Code);
        }
    }

    [Fact]
    public async Task A_page_has_fifty_items_unless_said_and_never_more_than_five_hundred()
    {
        await SeedAsync();
        await World.Database.ExecuteAsync(
            """
            WITH asking AS (SELECT gen_random_uuid() AS id FROM generate_series(1, 501)), known AS (INSERT INTO users (user_id) SELECT id FROM asking)
            INSERT INTO rsvps (rsvp_id, activity_id, user_id, status, guest_count, place_id, version, created_at, updated_at)
            SELECT id, $1, id, 'confirmed', 0, id, 1, now(), now() FROM asking
            """,
            ActivityId);

        var pages = new List<(int Items, bool HasNext)>();
        foreach (var query in new[] { "", "?limit=500", "?limit=501", "?limit=999999" })
        {
            var page = await GetAsync($"/api/activities/{ActivityId}/rsvps{query}", ApiWorld.Token(HostId));
            pages.Add((page.Json.GetProperty("items").GetArrayLength(), page.Text("nextCursor") is { Length: > 0 }));
        }

        Assert.Equal([(50, true), (500, true), (500, true), (500, true)], pages);
    }

    [Fact]
    public async Task What_goes_on_is_not_past_until_it_ends()
    {
        await SeedAsync(ActivityId, HostId, startsAt: "now() - interval '1 hour'", endsAt: "now() + interval '1 hour'");
        var owner = Guid.NewGuid();
        await SeedRsvpAsync(owner, "confirmed");

        async Task<(int Upcoming, int Past)> CountAsync()
        {
            var upcoming = await GetAsync("/api/users/my-rsvps?when=upcoming", ApiWorld.Token(owner));
            var past = await GetAsync("/api/users/my-rsvps?when=past", ApiWorld.Token(owner));
            return (upcoming.Json.GetProperty("items").GetArrayLength(), past.Json.GetProperty("items").GetArrayLength());
        }

        Assert.Equal((1, 0), await CountAsync());
        await World.Database.ExecuteAsync("UPDATE activities SET ends_at = now() WHERE activity_id = $1", ActivityId);
        Assert.Equal((0, 1), await CountAsync());
    }

    [Fact]
    public async Task A_statement_that_the_database_refuses_shows_nothing_of_itself()
    {
        await World.Database.ExecuteAsync("ALTER TABLE notification_preferences RENAME TO elsewhere");
        var answer = await GetAsync("/api/users/me/notifications", ApiWorld.Token(Guid.NewGuid()));
        await World.Database.ExecuteAsync("ALTER TABLE elsewhere RENAME TO notification_preferences");

        Assert.Equal((503, "unavailable"), (answer.Status, answer.Code));
        Assert.Equal(["type", "title", "status", "code", "traceId"], answer.Json.EnumerateObject().Select(member => member.Name));
    }
}
