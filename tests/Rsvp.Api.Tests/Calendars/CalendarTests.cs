using System.Text;
using Ical.Net.CalendarComponents;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rsvp.Api.Tests.Http;
using Rsvp.Hosting.Telemetry;

namespace Rsvp.Api.Tests.Calendars;

public sealed class CalendarTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private const string Own = "/api/users/me/calendar";

    private readonly Guid _user = Guid.NewGuid();
    private readonly Guid _activity = Guid.NewGuid();
    private readonly Guid _rsvp = Guid.NewGuid();

    [Fact]
    public async Task An_address_is_shown_once_works_without_a_token_and_a_new_one_ends_it()
    {
        await SetAsync();
        var none = await SendAsync(HttpMethod.Get, Own);
        var first = await SendAsync(HttpMethod.Post, Own);
        var later = await SendAsync(HttpMethod.Get, Own);
        var feed = await world.SendAsync(HttpMethod.Get, first.Text("path")!, token: null);
        var second = await SendAsync(HttpMethod.Post, Own);

        Assert.Equal("""{"createdAt":null}""", none.Json.GetRawText());
        Assert.Equal((201, 200), (first.Status, later.Status));
        Assert.Equal((first.Text("createdAt"), null), (later.Text("createdAt"), later.Text("path")));
        Assert.Equal((200, "text/calendar; charset=utf-8"), (feed.Status, feed.Headers["Content-Type"]));
        Assert.Equal("no-store", feed.Headers["Cache-Control"]);
        Assert.Equal($"{_rsvp}@rsvp", EventOf(feed).Uid);
        Assert.Equal(404, (await world.SendAsync(HttpMethod.Get, first.Text("path")!, token: null)).Status);
        Assert.Equal(200, (await world.SendAsync(HttpMethod.Get, second.Text("path")!, token: null)).Status);
    }

    [Fact]
    public async Task An_address_that_was_taken_back_or_belongs_to_a_deleted_user_is_not_there()
    {
        await SetAsync();
        var taken = (await SendAsync(HttpMethod.Post, Own)).Text("path")!;
        Assert.Equal(204, (await SendAsync(HttpMethod.Delete, Own)).Status);
        Assert.Equal(204, (await SendAsync(HttpMethod.Delete, Own)).Status);
        var ended = (await SendAsync(HttpMethod.Post, Own)).Text("path")!;
        await world.Database.ExecuteAsync("UPDATE users SET deleted_at = now() WHERE user_id = $1", _user);

        foreach (var address in new[] { taken, ended, "/api/calendars/guess.ics", $"/api/calendars/{new string('A', 43)}.ics" })
        {
            var answer = await world.SendAsync(HttpMethod.Get, address, token: null);
            Assert.Equal((404, "not_found"), (answer.Status, answer.Code));
        }

        Assert.Equal("user_deleted", (await SendAsync(HttpMethod.Post, Own)).Code);
        Assert.Equal("user_deleted", (await SendAsync(HttpMethod.Get, Own)).Code);
        Assert.Equal("user_deleted", (await SendAsync(HttpMethod.Delete, Own)).Code);
    }

    [Fact]
    public async Task The_secret_is_nowhere_but_in_the_answer()
    {
        await SetAsync();
        var address = (await SendAsync(HttpMethod.Post, Own)).Text("path")!;
        var secret = address.Split('/')[^1].Replace(".ics", "", StringComparison.Ordinal);

        Assert.Equal(43, secret.Length);
        Assert.Equal(0L, await world.Database.ScalarAsync<long>("SELECT count(*) FROM calendar_feeds f WHERE f::text LIKE '%' || $1 || '%'", secret));
        var feed = world.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Single(route => route.RoutePattern.RawText == "/api/calendars/{secret}.ics");
        Assert.NotNull(feed.Metadata.GetMetadata<SecretPathMetadata>());
    }

    [Fact]
    public async Task Status_and_sequence_follow_the_rsvp_and_its_activitys_settings_and_nobody_elses()
    {
        await SetAsync();
        var address = (await SendAsync(HttpMethod.Post, Own)).Text("path")!;
        var before = await FeedAsync(address);

        await world.Database.ExecuteAsync("UPDATE activities SET version = version + 1, confirmed_participants = 3, updated_at = now() WHERE activity_id = $1", _activity);
        var others = await FeedAsync(address);
        await world.Database.ExecuteAsync("UPDATE rsvps SET status = 'cancelled', version = 2, updated_at = now() WHERE rsvp_id = $1", _rsvp);
        var cancelled = await FeedAsync(address);
        await SettingsChangeAsync(seq: 2);
        var moved = await FeedAsync(address);

        Assert.Equal(("CONFIRMED", "CONFIRMED", "CANCELLED", "CANCELLED"), (before.Status, others.Status, cancelled.Status, moved.Status));
        Assert.Equal(before.Sequence, others.Sequence);
        Assert.Equal(before.DtStamp, others.DtStamp);
        Assert.Equal(before.Sequence + 1, cancelled.Sequence);
        Assert.Equal(before.Sequence + 2, moved.Sequence);
        Assert.NotEqual(before.DtStart, moved.DtStart);
    }

    [Fact]
    public async Task Who_has_the_calendar_already_is_told_so()
    {
        await SetAsync();
        var address = (await SendAsync(HttpMethod.Post, Own)).Text("path")!;
        var feed = await world.SendAsync(HttpMethod.Get, address, token: null);

        var again = await world.SendAsync(HttpMethod.Get, address, token: null, json: null, ("If-None-Match", feed.Headers["ETag"]));

        Assert.Equal((304, 0), (again.Status, again.Body.Length));
    }

    [Fact]
    public async Task One_rsvp_is_a_file_for_its_owner_and_the_hosts_and_is_not_there_for_others()
    {
        await SetAsync();
        var host = Guid.NewGuid();
        await world.Database.ExecuteAsync("INSERT INTO users (user_id) VALUES ($1)", host);
        await world.Database.ExecuteAsync("INSERT INTO activity_hosts (activity_id, user_id, added_at) VALUES ($1, $2, now())", _activity, host);
        var path = $"/api/rsvps/{_rsvp}/calendar";

        var own = await SendAsync(HttpMethod.Get, path);

        Assert.Equal((200, "attachment; filename=rsvp.ics; filename*=UTF-8''rsvp.ics"), (own.Status, own.Headers["Content-Disposition"]));
        Assert.Equal("CONFIRMED", EventOf(own).Status);
        Assert.Equal(200, (await world.SendAsync(HttpMethod.Get, path, ApiWorld.Token(host))).Status);
        Assert.Equal("rsvp_not_found", (await world.SendAsync(HttpMethod.Get, path, ApiWorld.Token(Guid.NewGuid()))).Code);
        Assert.Equal("rsvp_not_found", (await SendAsync(HttpMethod.Get, $"/api/rsvps/{Guid.NewGuid()}/calendar")).Code);
    }

    [Fact]
    public async Task What_one_hosts_is_listed_the_latest_first_whatever_became_of_it()
    {
        await SetAsync();
        var past = Guid.NewGuid();
        await InsertActivityAsync(past, "-2 days");
        foreach (var activity in new[] { past, _activity })
        {
            await world.Database.ExecuteAsync("INSERT INTO activity_hosts (activity_id, user_id, added_at) VALUES ($1, $2, now())", activity, _user);
        }

        await world.Database.ExecuteAsync("UPDATE activities SET cancelled_at = now() WHERE activity_id = $1", past);

        var first = await SendAsync(HttpMethod.Get, "/api/users/my-activities?limit=1");
        var second = await SendAsync(HttpMethod.Get, $"/api/users/my-activities?limit=1&cursor={first.Text("nextCursor")}");
        var others = await world.SendAsync(HttpMethod.Get, "/api/users/my-activities", ApiWorld.Token(Guid.NewGuid()));

        Assert.Equal(_activity.ToString(), Assert.Single(first.Json.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal("cancelled", Assert.Single(second.Json.GetProperty("items").EnumerateArray()).GetProperty("status").GetString());
        Assert.Equal("", second.Text("nextCursor"));
        Assert.Empty(others.Json.GetProperty("items").EnumerateArray());
    }

    private static CalendarEvent EventOf(Answer answer) => Assert.Single(Ical.Net.Calendar.Load(Encoding.UTF8.GetString(answer.Body))!.Events);

    private async Task<CalendarEvent> FeedAsync(string address) => EventOf(await world.SendAsync(HttpMethod.Get, address, token: null));

    private Task<Answer> SendAsync(HttpMethod method, string path) => world.SendAsync(method, path, ApiWorld.Token(_user));

    private async Task SetAsync()
    {
        await world.Database.ExecuteAsync("INSERT INTO users (user_id, name) VALUES ($1, 'Ada')", _user);
        await InsertActivityAsync(_activity, "1 day");
        await world.Database.ExecuteAsync(
            """
            INSERT INTO rsvps (rsvp_id, activity_id, user_id, status, guest_count, place_id, version, created_at, updated_at)
            VALUES ($1, $2, $3, 'confirmed', 1, $1, 1, now(), now())
            """,
            _rsvp,
            _activity,
            _user);
    }

    private async Task InsertActivityAsync(Guid activity, string startsIn)
    {
        await world.Database.ExecuteAsync(
            """
            INSERT INTO activities (activity_id, title, starts_at, capacity, max_party_size, max_group_size, waitlist_enabled, promotion_mode, offer_minutes,
                promotion_cutoff_minutes, participants_visible, confirmed_participants, next_line_key, log_seq, version, created_at, updated_at)
            VALUES ($1, 'Chess night', now() + $2::interval, 10, 10, 10, true, 'auto', 60, 0, false, 2, 0, 1, 1, now(), now())
            """,
            activity,
            startsIn);
        await LogAsync(activity, seq: 1, "created");
    }

    private async Task SettingsChangeAsync(long seq)
    {
        await world.Database.ExecuteAsync("UPDATE activities SET starts_at = starts_at + interval '1 hour' WHERE activity_id = $1", _activity);
        await LogAsync(_activity, seq, "settings_changed");
    }

    private Task<int> LogAsync(Guid activity, long seq, string action) => world.Database.ExecuteAsync(
        """
        INSERT INTO rsvp_analytics (log_id, activity_id, seq, user_id, action, spots, spots_affected, rule, actor, at)
        VALUES (gen_random_uuid(), $1, $2, $3, $4, 0, 0, 'settings', 'host', now())
        """,
        activity,
        seq,
        _user,
        action);
}
