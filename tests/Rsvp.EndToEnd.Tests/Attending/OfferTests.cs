using System.Net;
using System.Text.Json;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Attending;

/// <summary>Seats that are held for a party until it answers, on real processes.</summary>
[Collection(SystemCollection.Name)]
public sealed class OfferTests(SystemFixture system)
{
    // Fractions of a minute are for development: long enough to be seen, short enough to be waited for.
    private const double ShortMinutes = 0.02;

    [Fact]
    public async Task An_offer_holds_the_seat_and_is_counted_once_and_accepting_confirms()
    {
        var (activity, seated, waiting) = await FullAsync(60);

        await seated.CancelAsync(activity);
        await waiting[0].BecomesAsync(activity, "offered");
        var open = (await seated.GetAsync($"/api/activities/{activity}/capacity")).Body;
        var newcomer = await system.NewPerson().SubmitAsync(activity);
        var accepted = await waiting[0].AnswerOfferAsync(activity, "accept");

        Assert.Equal((0, 1, 0), (open.GetProperty("confirmed").GetInt32(), open.GetProperty("offered").GetInt32(), open.GetProperty("available").GetInt32()));
        Assert.Equal("waitlisted", newcomer.RsvpStatus);
        Assert.Equal((HttpStatusCode.OK, "confirmed"), (accepted.Status, accepted.RsvpStatus));
        await system.CountsAsync(activity, confirmed: 1, waiting: 2);
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_refusal_ends_the_rsvp_and_the_next_in_line_is_offered_the_seat()
    {
        var (activity, seated, waiting) = await FullAsync(60);
        await seated.CancelAsync(activity);
        await waiting[0].BecomesAsync(activity, "offered");

        var declined = await waiting[0].AnswerOfferAsync(activity, "decline");
        await waiting[1].BecomesAsync(activity, "offered");
        var late = await waiting[0].AnswerOfferAsync(activity, "accept");

        Assert.Equal((HttpStatusCode.OK, "cancelled"), (declined.Status, declined.RsvpStatus));
        Assert.Equal((HttpStatusCode.Conflict, "no_open_offer"), (late.Status, late.Code));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task An_offer_that_nobody_answers_ends_and_the_seat_goes_on()
    {
        SystemFixture.NeedsOwn();
        var (activity, seated, waiting) = await FullAsync(ShortMinutes);
        await seated.CancelAsync(activity);

        await waiting[0].BecomesAsync(activity, "cancelled");
        var late = await waiting[0].AnswerOfferAsync(activity, "accept");
        var lateNo = await waiting[0].AnswerOfferAsync(activity, "decline");

        Assert.Equal((HttpStatusCode.Conflict, "offer_expired"), (late.Status, late.Code));
        Assert.Equal("offer_expired", lateNo.Code);
        await waiting[1].BecomesAsync(activity, "cancelled");
        await system.CountsAsync(activity, confirmed: 0, waiting: 0);
        await system.AssertAuditIsCleanAsync();

        var again = await waiting[0].SubmitAsync(activity);
        Assert.Equal("confirmed", again.RsvpStatus);
        Assert.Equal("no_open_offer", (await waiting[0].AnswerOfferAsync(activity, "accept")).Code);
    }

    [Fact]
    public async Task An_offer_that_expires_at_the_instant_of_its_acceptance_has_one_winner()
    {
        SystemFixture.NeedsOwn();
        var host = system.NewPerson();
        var activity = await host.OpenAsync(0, new { promotionMode = "offer", offerMinutes = ShortMinutes });
        var people = await system.JoinAllAsync(activity, [.. Enumerable.Repeat(1, 12)]);
        await host.PatchAsync(activity, new { capacity = 12 });
        await people[^1].BecomesAsync(activity, "offered");
        var rsvps = await Task.WhenAll(people.Select(person => person.GetAsync($"/api/activities/{activity}/rsvp")));
        var endsAt = rsvps[0].Body.GetProperty("offerExpiresAt").GetDateTimeOffset();

        // One after the other, from before the end until the expiry was applied: both orders happen.
        var answers = new List<(Person Person, Answer Answer)>();
        foreach (var (person, rsvp) in people.Zip(rsvps))
        {
            await Eventually.HoldsAsync(() => TimeProvider.System.GetUtcNow() >= endsAt.AddMilliseconds(-200), "the offer is about to end");
            answers.Add((person, await person.SendAsync(HttpMethod.Post, $"/api/rsvps/{rsvp.Body.GetProperty("id").GetGuid()}/accept")));
        }

        await Eventually.HoldsAsync(
            async () => !(await people.StatusesAsync(activity)).Contains("offered"), "every offer was answered or ended");
        foreach (var (person, answer) in answers)
        {
            var won = answer.Status == HttpStatusCode.OK;
            Assert.Equal(won ? null : "offer_expired", answer.Code);
            Assert.Equal(won ? "confirmed" : "cancelled", await person.StatusAsync(activity));
        }

        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task Its_owner_is_reminded_once_before_an_offer_ends()
    {
        SystemFixture.NeedsOwn();
        // Long enough that the reminder and the end are seen by different looks at the deadlines.
        var (activity, seated, waiting) = await FullAsync(5 * ShortMinutes);
        await seated.CancelAsync(activity);
        await waiting[0].BecomesAsync(activity, "cancelled");

        var rsvp = (await waiting[0].GetAsync($"/api/activities/{activity}/rsvp")).Body.GetProperty("id").GetGuid();
        var history = (await waiting[0].GetAsync($"/api/rsvps/{rsvp}/history")).Body.GetProperty("items").EnumerateArray();

        Assert.Equal(
            ["waitlisted", "offered", "reminded", "offer_expired"],
            history.Where(row => row.GetProperty("rsvpId").ValueKind == JsonValueKind.String).Select(row => row.GetProperty("action").GetString()));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task Nobody_answers_for_somebody_else()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(1, new { promotionMode = "offer" });
        var seated = await system.JoinAsync(activity);
        var waiting = await system.JoinAsync(activity);
        await seated.CancelAsync(activity);
        await waiting.BecomesAsync(activity, "offered");
        var rsvp = (await waiting.GetAsync($"/api/activities/{activity}/rsvp")).Body.GetProperty("id").GetGuid();

        var byHost = await host.SendAsync(HttpMethod.Post, $"/api/rsvps/{rsvp}/accept");
        var byStranger = await seated.SendAsync(HttpMethod.Post, $"/api/rsvps/{rsvp}/decline");

        Assert.Equal((HttpStatusCode.Forbidden, "not_owner"), (byHost.Status, byHost.Code));
        Assert.Equal((HttpStatusCode.NotFound, "rsvp_not_found"), (byStranger.Status, byStranger.Code));
        Assert.Equal("offered", await waiting.StatusAsync(activity));
    }

    [Fact]
    public async Task Open_offers_stand_when_the_mode_is_switched_and_later_passes_follow_it()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(2, new { promotionMode = "offer" });
        var seated = await system.JoinAllAsync(activity, 1, 1);
        var waiting = await system.JoinAllAsync(activity, 1, 1);
        await seated[0].CancelAsync(activity);
        await waiting[0].BecomesAsync(activity, "offered");

        await host.PatchAsync(activity, new { promotionMode = "auto" });
        await seated[1].CancelAsync(activity);

        await waiting[1].BecomesAsync(activity, "confirmed");
        Assert.Equal("offered", await waiting[0].StatusAsync(activity));
        Assert.Equal("confirmed", (await waiting[0].AnswerOfferAsync(activity, "accept")).RsvpStatus);
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task An_offered_party_may_shrink_and_not_grow()
    {
        var activity = await system.OpenAsync(3, new { promotionMode = "offer" });
        var seated = await system.JoinAsync(activity, 3);
        var waiting = await system.JoinAllAsync(activity, 3, 1);
        await seated.CancelAsync(activity);
        await waiting[0].BecomesAsync(activity, "offered");

        var grown = await waiting[0].ResizeAsync(activity, 4);
        var shrunk = await waiting[0].ResizeAsync(activity, 2);

        Assert.Equal("not_enough_capacity", grown.Code);
        Assert.Equal((HttpStatusCode.OK, "offered"), (shrunk.Status, shrunk.RsvpStatus));
        await waiting[1].BecomesAsync(activity, "offered");
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task After_the_cut_off_a_refused_offer_goes_to_nobody_by_itself()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(1, new { promotionMode = "offer" });
        var seated = await system.JoinAsync(activity);
        var waiting = await system.JoinAllAsync(activity, 1, 1);
        await seated.CancelAsync(activity);
        await waiting[0].BecomesAsync(activity, "offered");
        await host.PatchAsync(activity, new { promotionCutoffMinutes = 60 * 24 * 40 });

        await waiting[0].AnswerOfferAsync(activity, "decline");

        await system.AssertAuditIsCleanAsync();
        Assert.Equal("waitlisted", await waiting[1].StatusAsync(activity));
        await system.CountsAsync(activity, confirmed: 0, waiting: 1);
    }

    [Fact]
    public async Task An_all_or_nothing_group_is_offered_its_seats_together_and_each_answers_alone()
    {
        var activity = await system.OpenAsync(2, new { promotionMode = "offer" });
        var seated = await system.JoinAsync(activity, 2);
        var people = await system.KnownAsync(2);
        await people[0].RegisterAsync(activity, "all_or_nothing", people);
        await seated.CancelAsync(activity);
        await people[0].BecomesAsync(activity, "offered");
        Assert.Equal("offered", await people[1].StatusAsync(activity));

        await people[0].AnswerOfferAsync(activity, "accept");
        await people[1].AnswerOfferAsync(activity, "decline");

        await system.CountsAsync(activity, confirmed: 1, waiting: 0);
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task An_ended_offer_whose_deadline_was_lost_is_found_by_the_sweep()
    {
        var (activity, seated, waiting) = await FullAsync(60);
        await seated.CancelAsync(activity);
        await waiting[0].BecomesAsync(activity, "offered");

        // Behind the system's back, as if the command about it had been lost.
        await using (var lose = system.Database.CreateCommand("DELETE FROM deadlines WHERE activity_id = $1 AND kind = 'offers'"))
        {
            lose.Parameters.AddWithValue(activity);
            Assert.Equal(1, await lose.ExecuteNonQueryAsync());
        }

        await using (var end = system.Database.CreateCommand(
            "UPDATE rsvps SET offer_expires_at = now() - interval '1 minute', offer_remind_at = NULL WHERE activity_id = $1 AND status = 'offered'"))
        {
            end.Parameters.AddWithValue(activity);
            Assert.Equal(1, await end.ExecuteNonQueryAsync());
        }

        await waiting[1].BecomesAsync(activity, "offered");
        await system.AssertAuditIsCleanAsync();
    }

    /// <summary>One seat, taken, and two who wait.</summary>
    private async Task<(Guid Activity, Person Seated, List<Person> Waiting)> FullAsync(double offerMinutes)
    {
        var activity = await system.OpenAsync(1, new { promotionMode = "offer", offerMinutes });
        return (activity, await system.JoinAsync(activity), await system.JoinAllAsync(activity, 1, 1));
    }
}
