using System.Net;
using System.Text.Json;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Hosting;

/// <summary>What hosts read of what attendees did.</summary>
[Collection(SystemCollection.Name)]
public sealed class FunnelTests(SystemFixture system)
{
    [Fact]
    public async Task The_funnel_the_log_and_who_is_coming_follow_from_what_people_did()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(3, new { participantsVisible = true, maxPartySize = 2 });
        var seated = await system.JoinAllAsync(activity, 2, 1);
        var waiting = await system.JoinAllAsync(activity, 2, 1);
        var turnedAway = await system.NewPerson().SendAsync(HttpMethod.Post, $"/api/activities/{activity}/rsvp", """{"guestCount": 1, "ifFull": "reject"}""");
        Assert.Equal("party_too_large", (await system.NewPerson().SubmitAsync(activity, 3)).Code);
        Assert.Equal("already_registered", (await seated[0].SubmitAsync(activity)).Code);
        Assert.Equal("activity_full", turnedAway.Code);
        foreach (var person in seated.Concat(seated).Concat(waiting))
        {
            Assert.Equal(HttpStatusCode.OK, (await person.GetAsync($"/api/activities/{activity}")).Status);
        }

        await seated[1].CancelAsync(activity);
        await waiting[1].BecomesAsync(activity, "confirmed");

        var document = default(JsonElement);
        await Eventually.HoldsAsync(
            async () =>
            {
                document = (await host.GetAsync($"/api/activities/{activity}/analytics/rsvps")).Body;
                return document.GetProperty("funnel").GetProperty("viewed").GetInt64() == 4;
            },
            "four people's views are counted");
        var funnel = document.GetProperty("funnel");
        Assert.Equal(
            (12, 3, 3, 0, 1, 1, 0),
            (Number(funnel, "asked"), Number(funnel, "confirmedAtOnce"), Number(funnel, "waitlisted"), Number(funnel, "offered"), Number(funnel, "promoted"),
                Number(funnel, "cancelled"), Number(funnel, "noShow")));
        Assert.Equal("""{"activity_full":2,"already_registered":1,"party_too_large":3}""", funnel.GetProperty("refused").GetRawText());

        // The party of two was passed over: it does not fit the one seat.
        var waitlist = document.GetProperty("waitlist");
        Assert.Equal((1, 1, 1.0), (Number(waitlist, "seatsOpened"), Number(waitlist, "seatsFilled"), waitlist.GetProperty("fillRate").GetDouble()));
        Assert.InRange(waitlist.GetProperty("promotionSeconds").GetProperty("max").GetDouble(), 0, 20);

        var log = (await host.GetAsync($"/api/activities/{activity}/history")).Body.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(
            ["created", "confirmed", "confirmed", "waitlisted", "waitlisted", "refused", "refused", "refused", "cancelled", "promoted"],
            log.Select(row => row.GetProperty("action").GetString()));
        Assert.Equal((1, 1), (log[3].GetProperty("overtakenBy").GetInt32(), log[9].GetProperty("overtook").GetInt32()));

        var coming = (await system.NewPerson().GetAsync($"/api/activities/{activity}/participants")).Body.GetProperty("items");
        Assert.Equal("""[{"name":"Ada"},{"name":"Ada"}]""", coming.GetRawText());
        Assert.Equal("not_host", (await seated[0].GetAsync($"/api/activities/{activity}/analytics/rsvps")).Code);
    }

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();
}
