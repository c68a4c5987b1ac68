using System.Net;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Attending;

/// <summary>Parties that ask for the last seats, and people who ask more than once.</summary>
[Collection(SystemCollection.Name)]
public sealed class SeatTests(SystemFixture system)
{
    [Fact]
    public async Task A_party_of_five_for_four_free_seats_waits_whole()
    {
        var activity = await system.OpenAsync(4);

        var answer = await system.NewPerson().SubmitAsync(activity, 5);

        Assert.Equal(("waitlisted", 1), (answer.RsvpStatus, answer.Position));
        await system.CountsAsync(activity, confirmed: 0, waiting: 5);
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task Four_singles_who_race_a_party_of_four_fill_the_four_seats_and_no_more()
    {
        for (var round = 0; round < 5; round++)
        {
            var activity = await system.OpenAsync(4);
            var sizes = new[] { 1, 1, 4, 1, 1 };
            await Task.WhenAll(sizes.Select(size => system.NewPerson().SubmitAsync(activity, size)));

            await system.CountsAsync(activity, confirmed: 4, waiting: 4);
        }

        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_party_of_two_that_wants_to_be_four_with_one_seat_free_keeps_what_it_has()
    {
        var activity = await system.OpenAsync(3);
        var person = await system.JoinAsync(activity, 2);

        var answer = await person.ResizeAsync(activity, 4);

        Assert.Equal((HttpStatusCode.Conflict, "not_enough_capacity"), (answer.Status, answer.Code));
        await system.CountsAsync(activity, confirmed: 2, waiting: 0);
    }

    [Fact]
    public async Task A_form_opened_when_seats_were_free_and_sent_when_they_are_gone_is_answered_as_asked()
    {
        var activity = await system.OpenAsync(1);
        var person = system.NewPerson();
        var form = await person.GetAsync($"/api/activities/{activity}/capacity");
        Assert.Equal(1, form.Body.GetProperty("available").GetInt32());
        await system.JoinAsync(activity);

        var rejected = await person.SendAsync(HttpMethod.Post, $"/api/activities/{activity}/rsvp", """{ "ifFull": "reject" }""");
        var waits = await person.SubmitAsync(activity);

        Assert.Equal((HttpStatusCode.Conflict, "activity_full"), (rejected.Status, rejected.Code));
        Assert.Equal("waitlisted", waits.RsvpStatus);
    }

    [Fact]
    public async Task With_capacity_zero_everybody_waits_and_without_one_nobody_does()
    {
        var none = await system.OpenAsync(0);
        var unlimited = await system.OpenAsync(null);

        Assert.Equal("waitlisted", (await system.NewPerson().SubmitAsync(none)).RsvpStatus);
        Assert.Equal("confirmed", (await system.NewPerson().SubmitAsync(unlimited, 10)).RsvpStatus);
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task The_same_key_is_the_same_request_in_flight_and_after_success()
    {
        var activity = await system.OpenAsync(10);
        var person = system.NewPerson();

        var inFlight = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => person.SubmitAsync(activity, 2, key: "mine")));
        var after = await person.SubmitAsync(activity, 2, key: "mine");

        Assert.Single(inFlight.Append(after).Select(answer => answer.RequestId).Distinct());
        Assert.All(inFlight.Append(after), answer => Assert.Equal((HttpStatusCode.Created, "confirmed"), (answer.Status, answer.RsvpStatus)));
        await system.CountsAsync(activity, confirmed: 2, waiting: 0);
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_refused_and_by_another_user_is_another_request()
    {
        var activity = await system.OpenAsync(10);
        var (first, second) = (system.NewPerson(), system.NewPerson());
        var taken = await first.SubmitAsync(activity, 2, key: "shared");

        var otherBody = await first.SubmitAsync(activity, 3, key: "shared");
        var otherUser = await second.SubmitAsync(activity, 2, key: "shared");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency_key_reused"), (otherBody.Status, otherBody.Code));
        Assert.NotEqual(taken.RequestId, otherBody.RequestId);
        Assert.Equal(HttpStatusCode.Created, otherUser.Status);
        await system.CountsAsync(activity, confirmed: 4, waiting: 0);
    }

    [Fact]
    public async Task A_double_click_from_two_devices_takes_one_place()
    {
        var activity = await system.OpenAsync(10);
        var person = system.NewPerson();

        var answers = await Task.WhenAll(person.SubmitAsync(activity, key: "phone"), person.SubmitAsync(activity, key: "laptop"));

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Conflict], answers.Select(answer => answer.Status).Order());
        var refused = Assert.Single(answers, answer => answer.Status == HttpStatusCode.Conflict);
        Assert.Equal(("already_registered", "confirmed"), (refused.Code, refused.RsvpStatus));
        await system.CountsAsync(activity, confirmed: 1, waiting: 0);
    }
}
