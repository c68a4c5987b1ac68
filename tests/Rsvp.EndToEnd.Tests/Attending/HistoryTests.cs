using System.Text.Json;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Attending;

/// <summary>An RSVP's history answers "why am I where I am", and names nobody.</summary>
[Collection(SystemCollection.Name)]
public sealed class HistoryTests(SystemFixture system)
{
    [Fact]
    public async Task It_tells_why_one_waits_who_was_let_in_before_and_who_was_let_in_past_one()
    {
        var activity = await system.OpenAsync(3);
        var seated = await system.JoinAllAsync(activity, 1, 1, 1);
        var ahead = await system.JoinAsync(activity, 1);
        var big = await system.JoinAsync(activity, 3);
        var behind = await system.JoinAsync(activity, 1);
        await seated[0].CancelAsync(activity);
        await ahead.BecomesAsync(activity, "confirmed");
        await seated[1].CancelAsync(activity);
        await behind.BecomesAsync(activity, "confirmed");

        var rows = await HistoryAsync(big, activity);
        Assert.Equal(
            [
                ("waitlisted", "line_ahead", 0, true, false),
                ("promoted", "pass", 1, false, false),
                ("promoted", "pass", 1, false, true),
            ],
            rows.Select(row => (
                row.GetProperty("action").GetString(),
                row.GetProperty("rule").GetString(),
                row.GetProperty("freeBefore").GetInt32(),
                row.GetProperty("rsvpId").ValueKind == JsonValueKind.String,
                row.GetProperty("passedOver").GetBoolean())));
        Assert.Equal(1, rows[0].GetProperty("overtakenBy").GetInt32());

        var overtaker = await HistoryAsync(behind, activity);
        Assert.Equal(1, overtaker[^1].GetProperty("overtook").GetInt32());
        Assert.Equal(("self", "system"), (overtaker[0].GetProperty("actor").GetString(), overtaker[^1].GetProperty("actor").GetString()));
    }

    [Fact]
    public async Task It_is_paged_and_for_its_owner_and_the_hosts_only()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(5);
        var person = await system.JoinAsync(activity);
        await person.ResizeAsync(activity, 2);
        await person.CancelAsync(activity);
        var path = $"/api/rsvps/{(await person.GetAsync($"/api/activities/{activity}/rsvp")).Body.GetProperty("id").GetGuid()}/history";

        var first = await person.GetAsync($"{path}?limit=2");
        var second = await host.GetAsync($"{path}?limit=2&cursor={first.Body.GetProperty("nextCursor").GetString()}");
        var foreign = await system.NewPerson().GetAsync(path);

        Assert.Equal(["confirmed", "updated"], first.Body.GetProperty("items").EnumerateArray().Select(row => row.GetProperty("action").GetString()));
        Assert.Equal(["cancelled"], second.Body.GetProperty("items").EnumerateArray().Select(row => row.GetProperty("action").GetString()));
        Assert.Equal("rsvp_not_found", foreign.Code);
    }

    private static async Task<List<JsonElement>> HistoryAsync(Person person, Guid activity)
    {
        var rsvp = (await person.GetAsync($"/api/activities/{activity}/rsvp")).Body.GetProperty("id").GetGuid();
        return [.. (await person.GetAsync($"/api/rsvps/{rsvp}/history")).Body.GetProperty("items").EnumerateArray()];
    }
}
