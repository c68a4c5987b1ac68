using System.Net;
using System.Text.Json;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Attending;

/// <summary>Profiles, one's own list, and the deletion of users, on real processes.</summary>
[Collection(SystemCollection.Name)]
public sealed class UserTests(SystemFixture system)
{
    [Fact]
    public async Task A_profile_is_the_token_until_it_is_written_and_then_keeps_sets_and_clears()
    {
        var person = system.NewPerson();

        var fromToken = await person.GetAsync("/api/users/me");
        var written = await PutAsync(person, """{ "birthYear": 1990, "city": "Graz", "email": "ada@example.org" }""");
        var cleared = await PutAsync(person, """{ "city": null, "name": "Ada L." }""");
        var read = await person.GetAsync("/api/users/me");

        Assert.Equal((person.Id, "Ada"), (fromToken.Body.GetProperty("id").GetGuid(), fromToken.Body.GetProperty("name").GetString()));
        Assert.Equal("Ada", written.Body.GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.Null, cleared.Body.GetProperty("city").ValueKind);
        Assert.Equal((1990, "Ada L."), (read.Body.GetProperty("birthYear").GetInt32(), read.Body.GetProperty("name").GetString()));
        Assert.Equal("ada@example.org", read.Body.GetProperty("email").GetString());
    }

    [Theory]
    [InlineData("""{ "email": "not an address" }""", "email")]
    [InlineData("""{ "birthYear": 1800 }""", "birthYear")]
    [InlineData("""{ "birthYear": "1990" }""", "birthYear")]
    [InlineData("""{ "town": "Graz" }""", "town")]
    public async Task A_profile_that_breaks_its_bounds_is_refused_and_changes_nothing(string body, string field)
    {
        var answer = await PutAsync(system.NewPerson(), body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(field, Assert.Single(answer.Body.GetProperty("errors").EnumerateObject()).Name);
    }

    [Fact]
    public async Task Ones_own_rsvps_are_listed_with_their_activities_in_pages_by_status_and_time()
    {
        var host = system.NewPerson();
        var person = system.NewPerson();
        var now = TimeProvider.System.GetUtcNow();
        var soon = await host.OpenAsync(1, new { startsAt = now.AddDays(1), title = "Soon" });
        var later = await host.OpenAsync(0, new { startsAt = now.AddDays(2), title = "Later" });
        var over = await host.OpenAsync(5, new { startsAt = now.AddDays(3), title = "Over" });
        await person.SubmitAsync(soon);
        await person.SubmitAsync(later);
        await person.SubmitAsync(over);
        await using (var move = system.Database.CreateCommand("UPDATE activities SET starts_at = now() - interval '1 hour' WHERE activity_id = $1"))
        {
            move.Parameters.AddWithValue(over);
            await move.ExecuteNonQueryAsync();
        }

        async Task<List<string?>> TitlesAsync(string query) => [.. (await person.GetAsync($"/api/users/my-rsvps{query}")).Body.GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("activity").GetProperty("title").GetString())];

        Assert.Equal(["Soon", "Later"], await TitlesAsync("?when=upcoming"));
        Assert.Equal(["Over"], await TitlesAsync("?when=past"));
        Assert.Equal(["Later", "Soon", "Over"], await TitlesAsync(""));
        Assert.Equal(["Later"], await TitlesAsync("?status=waitlisted"));
        var first = await person.GetAsync("/api/users/my-rsvps?limit=2");
        Assert.Equal(["Over"], await TitlesAsync($"?limit=2&cursor={first.Body.GetProperty("nextCursor").GetString()}"));
        Assert.Equal(later, first.Body.GetProperty("items")[0].GetProperty("activityId").GetGuid());
        Assert.Equal(1, first.Body.GetProperty("items")[0].GetProperty("waitlistPosition").GetInt32());
        Assert.Equal(HttpStatusCode.BadRequest, (await person.GetAsync("/api/users/my-rsvps?when=never")).Status);

        // The past is no place to promote into; put back so that the audit sees what the log tells.
        await using var back = system.Database.CreateCommand("UPDATE activities SET starts_at = $2 WHERE activity_id = $1");
        back.Parameters.AddWithValue(over);
        back.Parameters.AddWithValue(now.AddDays(3));
        await back.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task A_deleted_user_leaves_every_activity_the_seats_are_refilled_and_personal_data_goes()
    {
        var person = system.NewPerson();
        var confirmed = await system.OpenAsync(1);
        var waiting = await system.OpenAsync(1);
        var together = await system.OpenAsync(5);
        await PutAsync(person, """{ "city": "Graz" }""");
        await person.SendAsync(HttpMethod.Post, "/api/users/me/webhooks", """{ "url": "http://127.0.0.1:9/" }""");
        await person.SendAsync(HttpMethod.Post, "/api/users/me/calendar");
        await person.SendAsync(HttpMethod.Put, "/api/users/me/notifications", """{ "email": false }""");
        await person.SendAsync(HttpMethod.Post, $"/api/activities/{confirmed}/rsvp", """{ "specialRequirements": "A ramp" }""");
        await person.SubmitAsync(confirmed);
        var friend = system.NewPerson();
        var registered = await friend.SendAsync(HttpMethod.Post, $"/api/activities/{together}/rsvps/group", JsonSerializer.Serialize(new
        {
            mode = "best_effort",
            members = new[] { new { userId = person.Id, specialRequirements = "A ramp" }, new { userId = friend.Id, specialRequirements = "A cat" } },
        }));
        Assert.Equal(["confirmed", "confirmed"], registered.MemberStatuses());
        var next = await system.JoinAsync(confirmed);
        await system.JoinAsync(waiting);
        await person.SubmitAsync(waiting);
        var behind = await system.JoinAsync(waiting);

        var deleted = await person.SendAsync(HttpMethod.Delete, "/api/users/me");

        Assert.Equal(HttpStatusCode.OK, deleted.Status);
        Assert.Equal(JsonValueKind.Null, deleted.Body.GetProperty("activityId").ValueKind);
        await next.BecomesAsync(confirmed, "confirmed");
        await Eventually.HoldsAsync(
            async () => (await behind.GetAsync($"/api/activities/{waiting}/rsvp")).Body.GetProperty("waitlistPosition").GetInt32() == 1,
            "the line closed up behind the deleted user");
        await Eventually.HoldsAsync(
            async () =>
            {
                await using var command = system.Database.CreateCommand(
                    """
                    SELECT u.erased_at IS NOT NULL AND u.name IS NULL AND u.city IS NULL AND u.email IS NULL
                       AND NOT EXISTS (SELECT FROM rsvps r WHERE r.user_id = u.user_id AND (r.status <> 'cancelled' OR r.special_requirements IS NOT NULL))
                       AND NOT EXISTS (SELECT FROM rsvp_requests q WHERE q.activity_id = ANY($2) AND q.outcome::text LIKE '%A ramp%')
                       AND NOT EXISTS (SELECT FROM webhooks w WHERE w.user_id = u.user_id)
                       AND NOT EXISTS (SELECT FROM calendar_feeds f WHERE f.user_id = u.user_id)
                       AND NOT EXISTS (SELECT FROM notification_preferences p WHERE p.user_id = u.user_id)
                       AND NOT EXISTS (SELECT FROM notification_deliveries d WHERE d.user_id = u.user_id)
                    FROM   users u
                    WHERE  u.user_id = $1
                    """);
                command.Parameters.AddWithValue(person.Id);
                command.Parameters.AddWithValue(new[] { confirmed, waiting, together });
                return await command.ExecuteScalarAsync() is true;
            },
            "the user's personal data is erased");
        var kept = await friend.GetAsync($"/api/requests/{registered.RequestId}");
        Assert.Equal(
            [null, "A cat"],
            kept.Body.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("rsvp").GetProperty("specialRequirements").GetString()));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_deleted_users_token_can_neither_act_nor_bring_the_user_back()
    {
        var person = system.NewPerson();
        var activity = await system.OpenAsync(5);
        await person.SubmitAsync(activity);
        await person.SendAsync(HttpMethod.Delete, "/api/users/me");

        Answer[] answers =
        [
            await person.SubmitAsync(activity),
            await person.CancelAsync(activity),
            await person.SendAsync(HttpMethod.Delete, "/api/users/me"),
            await person.RegisterAsync(activity, "best_effort", [person]),
            await person.SendAsync(HttpMethod.Post, "/api/activities", JsonSerializer.Serialize(new { title = "Mine", startsAt = TimeProvider.System.GetUtcNow().AddDays(1), capacity = 1 })),
            await PutAsync(person, """{ "name": "Back" }"""),
            await person.GetAsync("/api/users/me"),
            await person.GetAsync("/api/users/my-rsvps"),
            await person.GetAsync($"/api/activities/{activity}/rsvp"),
        ];

        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.Forbidden, "user_deleted"), (answer.Status, answer.Code)));
        var friend = system.NewPerson();
        await friend.SubmitAsync(activity);
        var named = await friend.RegisterAsync(activity, "best_effort", [person]);
        Assert.Equal(["user_not_found"], named.MemberProblems());
        await system.CountsAsync(activity, confirmed: 1, waiting: 0);
    }

    [Fact]
    public async Task The_head_of_the_line_is_deleted_and_the_next_in_line_is_let_in()
    {
        var activity = await system.OpenAsync(2, new { skipLimit = 0 });
        var seated = await system.JoinAllAsync(activity, 1, 1);
        var waiting = await system.JoinAllAsync(activity, 2, 1);
        await seated[0].CancelAsync(activity);
        await system.AssertAuditIsCleanAsync();
        Assert.Equal(["waitlisted", "waitlisted"], await waiting.StatusesAsync(activity));

        await waiting[0].SendAsync(HttpMethod.Delete, "/api/users/me");

        await waiting[1].BecomesAsync(activity, "confirmed");
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task Others_are_deleted_by_admins_only()
    {
        var person = system.NewPerson();
        await PutAsync(person, "{}");
        var admin = system.NewPerson("admin");

        var byUser = await system.NewPerson().SendAsync(HttpMethod.Delete, $"/api/users/{person.Id}");
        var unknown = await admin.SendAsync(HttpMethod.Delete, $"/api/users/{Guid.NewGuid()}");
        var accepted = await admin.SendAsync(HttpMethod.Delete, $"/api/users/{person.Id}", waitSeconds: null);
        var byAdmin = await admin.SendAsync(HttpMethod.Get, accepted.Location!);
        var again = await admin.SendAsync(HttpMethod.Delete, $"/api/users/{person.Id}");

        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), (byUser.Status, byUser.Code));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "user_not_found"), (unknown.Status, unknown.Code));
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.OK), (accepted.Status, again.Status));
        Assert.Equal(("delete_user", "completed"), (byAdmin.Body.GetProperty("command").GetString(), byAdmin.Body.GetProperty("status").GetString()));
        Assert.Equal("user_deleted", (await person.GetAsync("/api/users/me")).Code);
    }

    private static Task<Answer> PutAsync(Person person, string body) => person.SendAsync(HttpMethod.Put, "/api/users/me", body, waitSeconds: null);
}
