using System.Text.Json;
using Rsvp.Api.Tests.Analytics;

namespace Rsvp.Api.Tests.Http;

/// <summary>The lists about an activity that read more than its RSVPs: who is coming, the decision log, and what the line has endured.</summary>
public sealed class HostListsTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private static readonly string[] HistoryRow =
    [
        "seq", "at", "action", "rsvpId", "actor", "previousStatus", "newStatus", "spots", "freeBefore", "rule", "code", "reason", "overtook", "overtakenBy",
    ];

    [Fact]
    public async Task Hosts_see_everything_about_who_is_coming()
    {
        var log = await PaperWorld.WriteAsync(world.Database);
        var items = await ReadAllAsync($"/api/activities/{log.Activity}/participants", ApiWorld.Token(log.Host), limit: 2);

        Assert.Equal(["A", null, null, null, null], items.Select(item => item.GetProperty("name").GetString()));
        Assert.Equal([2, 1, 1, 1, 1], items.Select(item => item.GetProperty("partySize").GetInt32()));
        Assert.All(items, item => Assert.Equal("confirmed", item.GetProperty("status").GetString()));
        Assert.Equal(
            ["id", "activityId", "userId", "name", "status", "guestCount", "partySize", "specialRequirements", "waitlistPosition", "offerExpiresAt", "groupId", "checkedIn", "checkInTime",
                "createdAt", "updatedAt", "version"],
            items[0].EnumerateObject().Select(member => member.Name));
        Assert.True(items[0].GetProperty("checkedIn").GetBoolean());
    }

    [Fact]
    public async Task Others_see_names_only_and_only_if_the_hosts_show_them()
    {
        var log = await PaperWorld.WriteAsync(world.Database);
        var path = $"/api/activities/{log.Activity}/participants";
        var token = ApiWorld.Token(Guid.NewGuid());

        var hidden = await world.SendAsync(HttpMethod.Get, path, token);
        await world.Database.ExecuteAsync("UPDATE activities SET participants_visible = true WHERE activity_id = $1", log.Activity);
        var shown = await ReadAllAsync(path, token, limit: 2);

        Assert.Equal((403, "participants_hidden"), (hidden.Status, hidden.Code));
        Assert.Equal(["""{"name":"A"}""", """{"name":null}""", """{"name":null}""", """{"name":null}""", """{"name":null}"""], shown.Select(item => item.GetRawText()));
        Assert.Equal(401, (await world.SendAsync(HttpMethod.Get, path, token: null)).Status);
    }

    [Theory]
    [InlineData("participants")]
    [InlineData("history")]
    public async Task Deleted_callers_and_unknown_activities_are_refused(string list)
    {
        var log = await PaperWorld.WriteAsync(world.Database);
        var deleted = Guid.NewGuid();
        await world.Database.ExecuteAsync("INSERT INTO users (user_id, deleted_at) VALUES ($1, now())", deleted);

        var gone = await world.SendAsync(HttpMethod.Get, $"/api/activities/{log.Activity}/{list}", ApiWorld.Token(deleted, role: "admin"));
        var unknown = await world.SendAsync(HttpMethod.Get, $"/api/activities/{Guid.NewGuid()}/{list}", ApiWorld.Token(log.Host));
        var wrong = await world.SendAsync(HttpMethod.Get, $"/api/activities/{log.Activity}/{list}?cursor=x", ApiWorld.Token(log.Host));

        Assert.Equal((403, "user_deleted"), (gone.Status, gone.Code));
        Assert.Equal((404, "activity_not_found"), (unknown.Status, unknown.Code));
        Assert.Equal((400, "invalid_request"), (wrong.Status, wrong.Code));
    }

    [Fact]
    public async Task The_decision_log_tells_hosts_every_row_the_oldest_first()
    {
        var log = await PaperWorld.WriteAsync(world.Database);
        var path = $"/api/activities/{log.Activity}/history";

        var rows = await ReadAllAsync(path, ApiWorld.Token(log.Host), limit: 7);
        var stranger = await world.SendAsync(HttpMethod.Get, path, ApiWorld.Token(Guid.NewGuid()));

        Assert.Equal((403, "not_host"), (stranger.Status, stranger.Code));
        Assert.Equal(Enumerable.Range(1, rows.Count), rows.Select(row => row.GetProperty("seq").GetInt32()));
        Assert.Equal(44, rows.Count);
        Assert.All(rows, row => Assert.Equal(HistoryRow, row.EnumerateObject().Select(member => member.Name)));
        Assert.Equal(("created", JsonValueKind.Null), (Text(rows[0], "action"), rows[0].GetProperty("rsvpId").ValueKind));
        Assert.Equal(("refused", "already_registered", "waitlisted"), (Text(rows[5], "action"), Text(rows[5], "code"), Text(rows[5], "newStatus")));

        // C, who waits for two seats, is overtaken by D; D, who overtook C, by nobody.
        Assert.Equal(("waitlisted", "1", "0"), (Text(rows[4], "action"), Text(rows[4], "overtakenBy"), Text(rows[6], "overtakenBy")));
        Assert.Equal(("promoted", "1", "1", "system"), (Text(rows[7], "action"), Text(rows[7], "overtook"), Text(rows[7], "freeBefore"), Text(rows[7], "actor")));
    }

    [Fact]
    public async Task A_step_in_line_ends_being_overtaken_at_the_partys_next_step()
    {
        var log = new HandWrittenLog(world.Database, "2999-01-01T18:00:00Z");
        await log.OpenAsync("2024-03-11T09:00:00Z", capacity: 1);
        var large = await log.PersonAsync(3);
        var small = new[] { await log.PersonAsync(1), await log.PersonAsync(1), await log.PersonAsync(1) };
        await log.StepAsync("2024-03-11T09:01:00Z", large, "waitlisted", "no_room", "waitlisted"); // 2: overtaken by the first
        foreach (var party in small)
        {
            await log.StepAsync("2024-03-11T09:02:00Z", party, "waitlisted", "line_ahead", "waitlisted");
        }

        await log.StepAsync("2024-03-11T09:03:00Z", small[0], "promoted", "pass", "confirmed", overtook: 1, actor: "system");
        await log.StepAsync("2024-03-11T09:04:00Z", large, "updated", "requirements", "waitlisted"); // 7: overtaken by the second
        await log.StepAsync("2024-03-11T09:05:00Z", small[0], "cancelled", "cancel", "cancelled");
        await log.StepAsync("2024-03-11T09:06:00Z", small[1], "promoted", "pass", "confirmed", overtook: 1, actor: "system");
        await log.StepAsync("2024-03-11T09:07:00Z", large, "cancelled", "cancel", "cancelled");
        await log.StepAsync("2024-03-11T09:08:00Z", small[1], "cancelled", "cancel", "cancelled");
        await log.StepAsync("2024-03-11T09:09:00Z", small[2], "promoted", "pass", "confirmed", overtook: 0, actor: "system");
        await log.EndAsync();

        var rows = await ReadAllAsync($"/api/activities/{log.Activity}/history", ApiWorld.Token(log.Host), limit: 500);

        Assert.Equal(["", "1", "0", "0", "0", "", "1", "", "", "", "", ""], rows.Select(row => Text(row, "overtakenBy")));
    }

    [Fact]
    public async Task The_waitlist_says_how_often_a_place_was_passed_over_and_since_when_it_waits()
    {
        var log = new HandWrittenLog(world.Database, "2999-01-01T18:00:00Z");
        await log.OpenAsync("2024-03-11T09:00:00Z", capacity: 1);
        var large = await log.PersonAsync(3, name: "Large");
        var small = await log.PersonAsync(1);
        var last = await log.PersonAsync(1);
        await log.StepAsync("2024-03-11T09:01:00Z", large, "waitlisted", "no_room", "waitlisted");
        await log.StepAsync("2024-03-11T09:02:00Z", small, "waitlisted", "line_ahead", "waitlisted");
        await log.StepAsync("2024-03-11T09:03:00Z", small, "promoted", "pass", "confirmed", overtook: 1, actor: "system");
        await log.StepAsync("2024-03-11T09:04:00Z", last, "waitlisted", "line_ahead", "waitlisted");
        await log.EndAsync();
        await world.Database.ExecuteAsync("UPDATE rsvps r SET line_seq = l.seq FROM rsvp_analytics l WHERE l.rsvp_id = r.rsvp_id AND r.status = 'waitlisted' AND r.activity_id = $1", log.Activity);

        var waitlist = await world.SendAsync(HttpMethod.Get, $"/api/activities/{log.Activity}/waitlist", ApiWorld.Token(log.Host));

        Assert.Equal(
            [("Large", 1, 1, "2024-03-11T09:01:00Z"), (null, 2, 0, "2024-03-11T09:04:00Z")],
            waitlist.Json.GetProperty("items").EnumerateArray().Select(item => (
                item.GetProperty("name").GetString(), item.GetProperty("position").GetInt32(), item.GetProperty("skipped").GetInt32(), item.GetProperty("joinedAt").GetString()!)));
    }

    [Fact]
    public async Task The_document_describes_them()
    {
        var paths = (await world.SendAsync(HttpMethod.Get, "/openapi/v1.json", token: null)).Json.GetProperty("paths");

        JsonElement Of(string list, string type) => paths.GetProperty($"/api/activities/{{activityId}}/{list}").GetProperty("get")
            .GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty(type).GetProperty("schema");
        Assert.Equal("string", Of("rsvps", "text/csv").GetProperty("type").GetString());
        Assert.Equal(
            ["#/components/schemas/PageOfHostedRsvp", "#/components/schemas/PageOfParticipant"],
            Of("participants", "application/json").GetProperty("anyOf").EnumerateArray().Select(schema => schema.GetProperty("$ref").GetString()));
        Assert.Equal("#/components/schemas/AnalyticsDocument", Of("analytics/rsvps", "application/json").GetProperty("$ref").GetString());
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).ToString();

    private async Task<List<JsonElement>> ReadAllAsync(string path, string token, int limit)
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await world.SendAsync(HttpMethod.Get, $"{path}?limit={limit}" + (cursor is null ? "" : "&cursor=" + cursor), token);
            Assert.Equal(200, page.Status);
            Assert.InRange(page.Json.GetProperty("items").GetArrayLength(), 1, limit);
            items.AddRange(page.Json.GetProperty("items").EnumerateArray());
            cursor = page.Json.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        return items;
    }
}
