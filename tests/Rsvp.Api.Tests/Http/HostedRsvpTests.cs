using System.Text;

namespace Rsvp.Api.Tests.Http;

/// <summary>The hosts' list of everybody who asked.</summary>
public sealed class HostedRsvpTests(ApiWorld world) : SeededReads(world), IClassFixture<ApiWorld>
{
    [Fact]
    public async Task The_hosts_list_shows_everybody_in_the_order_of_asking()
    {
        await SeedAsync(waitlisted: 8, places: 4);
        var line = await SeedLineAsync();
        var confirmed = await SeedRsvpAsync(Guid.NewGuid(), "confirmed");

        var all = await GetAsync($"/api/activities/{ActivityId}/rsvps?limit=4", ApiWorld.Token(HostId));
        var rest = await GetAsync($"/api/activities/{ActivityId}/rsvps?limit=4&cursor={all.Text("nextCursor")}", ApiWorld.Token(HostId));
        var some = await GetAsync($"/api/activities/{ActivityId}/rsvps?status=confirmed", ApiWorld.Token(HostId));

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
        await World.Database.ExecuteAsync("UPDATE users SET name = CASE user_id WHEN $1 THEN 'Ada Lovelace' WHEN $2 THEN 'Ben 100% Ådland' END WHERE user_id IN ($1, $2)", ada, ben);

        Assert.Equal([adas], await FindAsync("status=confirmed&search=LOVE"));
        Assert.Equal([bens], await FindAsync("search=100%25"));
        Assert.Equal([bens], await FindAsync("search=åd"));
        Assert.Equal([bens], await FindAsync("search=ÅD"));
        Assert.Equal(new[] { adas, bens }.Order(), (await FindAsync("search=d")).Order());
        Assert.Empty(await FindAsync("status=waitlisted&search=love"));
        Assert.Empty(await FindAsync("search=Lo_e"));
        Assert.Empty(await FindAsync($"search={Faces(200)}"));
        Assert.Equal(400, (await GetAsync($"/api/activities/{ActivityId}/rsvps?search={Faces(201)}", ApiWorld.Token(HostId))).Status);
        Assert.Equal(400, (await GetAsync($"/api/activities/{ActivityId}/rsvps?search=a%00", ApiWorld.Token(HostId))).Status);

        // Each is one code point, and two units of UTF-16.
        static string Faces(int count) => Uri.EscapeDataString(string.Concat(Enumerable.Repeat("😀", count)));

        async Task<IEnumerable<Guid>> FindAsync(string query) =>
            (await GetAsync($"/api/activities/{ActivityId}/rsvps?{query}", ApiWorld.Token(HostId))).Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task The_hosts_list_is_for_hosts()
    {
        await SeedAsync();

        var stranger = await GetAsync($"/api/activities/{ActivityId}/rsvps", ApiWorld.Token(Guid.NewGuid()));

        Assert.Equal((403, "not_host"), (stranger.Status, stranger.Code));
        Assert.Equal(200, (await GetAsync($"/api/activities/{ActivityId}/rsvps", ApiWorld.Token(Guid.NewGuid(), role: "admin"))).Status);
        Assert.Equal(400, (await GetAsync($"/api/activities/{ActivityId}/rsvps?status=perhaps", ApiWorld.Token(HostId))).Status);
    }

    [Fact]
    public async Task The_hosts_list_is_csv_for_who_asks_for_it()
    {
        await SeedAsync(waitlisted: 8, places: 4);
        var line = await SeedLineAsync();

        var csv = await World.SendAsync(HttpMethod.Get, $"/api/activities/{ActivityId}/rsvps?limit=1&status=waitlisted", ApiWorld.Token(HostId), null, ("Accept", "text/csv"));

        Assert.Equal((200, "text/csv; charset=utf-8"), (csv.Status, csv.Headers["Content-Type"]));
        Assert.Equal([0xEF, 0xBB, 0xBF], csv.Body[..3]);
        var rows = Encoding.UTF8.GetString(csv.Body[3..]).TrimEnd().Split("\r\n");
        Assert.Equal("id,activityId,userId,name,status,guestCount,partySize,specialRequirements,waitlistPosition,offerExpiresAt,groupId,checkedIn,checkInTime,createdAt,updatedAt,version", rows[0]);
        Assert.Equal(line.Count, rows.Length - 1);
        Assert.StartsWith($"{line[0].Rsvp},{ActivityId},{line[0].User},'=0,waitlisted,2,3,,1,,,false,,", rows[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json, text/csv;q=0.5", "application/json")]
    [InlineData("text/csv, application/json;q=0.5", "text/csv; charset=utf-8")]
    [InlineData("*/*", "application/json")]
    [InlineData("text/html", "application/json")]
    public async Task The_better_liked_type_wins(string accept, string type)
    {
        await SeedAsync();

        var answer = await World.SendAsync(HttpMethod.Get, $"/api/activities/{ActivityId}/rsvps", ApiWorld.Token(HostId), null, ("Accept", accept));

        Assert.Equal(type, answer.Headers["Content-Type"]);
    }
}
