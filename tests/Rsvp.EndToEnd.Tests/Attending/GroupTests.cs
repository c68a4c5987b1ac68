using System.Net;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Attending;

/// <summary>Several parties in one command, on real processes.</summary>
[Collection(SystemCollection.Name)]
public sealed class GroupTests(SystemFixture system)
{
    [Fact]
    public async Task All_or_nothing_a_group_of_six_for_five_seats_waits_as_one_place_and_is_promoted_whole()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(5);
        var people = await system.KnownAsync(6);

        var answer = await people[0].RegisterAsync(activity, "all_or_nothing", people);

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal(Enumerable.Repeat("waitlisted", 6), answer.MemberStatuses());
        Assert.All(answer.Body.GetProperty("results").EnumerateArray(), result => Assert.Equal(1, result.GetProperty("rsvp").GetProperty("waitlistPosition").GetInt32()));
        var position = await people[5].GetAsync($"/api/rsvps/{answer.Body.GetProperty("results")[5].GetProperty("rsvp").GetProperty("id").GetGuid()}/position");
        Assert.Equal(1, position.Body.GetProperty("waitlistLength").GetInt32());

        await host.PatchAsync(activity, new { capacity = 6 });
        await system.CountsAsync(activity, confirmed: 6, waiting: 0);
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task Best_effort_five_of_a_group_of_six_get_the_five_seats()
    {
        var activity = await system.OpenAsync(5);
        var people = await system.KnownAsync(6);

        var answer = await people[0].RegisterAsync(activity, "best_effort", people);

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal(["confirmed", "confirmed", "confirmed", "confirmed", "confirmed", "waitlisted"], answer.MemberStatuses());
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task All_or_nothing_one_refusal_refuses_all_and_says_what_was_wrong_with_whom()
    {
        var activity = await system.OpenAsync(50, new { maxPartySize = 3 });
        var people = await system.KnownAsync(3);
        await people[1].SubmitAsync(activity);
        var stranger = system.NewPerson();

        var answer = await people[0].RegisterAsync(activity, "all_or_nothing", [(people[0], 1), (people[1], 1), (stranger, 1), (people[2], 4)]);

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Equal("already_registered", answer.Code);
        Assert.Equal([null, "already_registered", "user_not_found", "party_too_large"], answer.MemberProblems());
        Assert.Equal([null, null, null, null], answer.MemberStatuses());
        Assert.False(answer.Body.GetProperty("results")[1].GetProperty("problem").TryGetProperty("rsvp", out _));
        await system.CountsAsync(activity, confirmed: 1, waiting: 0);
    }

    [Theory]
    [InlineData("all_or_nothing")]
    [InlineData("best_effort")]
    public async Task Who_has_an_rsvp_already_is_shown_with_it_to_a_host_and_of_others_only_to_themselves(string mode)
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(5);
        var people = await system.KnownAsync(2);
        await Task.WhenAll(people.Select(person => person.SubmitAsync(activity)));

        var forHost = await host.RegisterAsync(activity, mode, people);
        var forMember = await people[0].RegisterAsync(activity, mode, people);

        Assert.Equal([people[0].Id, people[1].Id], Shown(forHost));
        Assert.Equal([people[0].Id, null], Shown(forMember));

        static IEnumerable<Guid?> Shown(Answer answer) => answer.Body.GetProperty("results").EnumerateArray().Select(result =>
            result.GetProperty("problem").TryGetProperty("rsvp", out var rsvp) ? rsvp.GetProperty("userId").GetGuid() : (Guid?)null);
    }

    [Fact]
    public async Task Best_effort_decides_each_member_and_is_no_refusal_when_nobody_gets_in()
    {
        var activity = await system.OpenAsync(50, new { maxPartySize = 3 });
        var people = await system.KnownAsync(3);
        await people[1].SubmitAsync(activity);

        var some = await people[0].RegisterAsync(activity, "best_effort", [(people[0], 1), (people[1], 1), (system.NewPerson(), 1), (people[2], 4)]);
        var none = await people[0].RegisterAsync(activity, "best_effort", [(people[0], 1), (people[1], 1)]);

        Assert.Equal(HttpStatusCode.Created, some.Status);
        Assert.Equal(["confirmed", null, null, null], some.MemberStatuses());
        Assert.Equal([null, "already_registered", "user_not_found", "party_too_large"], some.MemberProblems());
        Assert.Equal(HttpStatusCode.OK, none.Status);
        Assert.Equal(["already_registered", "already_registered"], none.MemberProblems());
    }

    [Theory]
    [InlineData("all_or_nothing")]
    [InlineData("best_effort")]
    public async Task A_member_named_twice_refuses_the_whole_command(string mode)
    {
        var activity = await system.OpenAsync(5);
        var people = await system.KnownAsync(2);

        var answer = await people[0].RegisterAsync(activity, mode, [people[0], people[1], people[0]]);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Equal("duplicate_member", answer.Code);
        await system.CountsAsync(activity, confirmed: 0, waiting: 0);
    }

    [Fact]
    public async Task A_group_larger_than_the_activity_allows_is_for_hosts_only()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(50, new { maxGroupSize = 2 });
        var people = await system.KnownAsync(3);

        var refused = await people[0].RegisterAsync(activity, "best_effort", people);
        var taken = await host.RegisterAsync(activity, "best_effort", people);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Equal("group_too_large", refused.Code);
        Assert.Equal(HttpStatusCode.Created, taken.Status);
        await system.CountsAsync(activity, confirmed: 3, waiting: 0);
    }

    [Fact]
    public async Task A_waiting_group_that_shrinks_into_the_free_seats_is_let_in()
    {
        var activity = await system.OpenAsync(4);
        await system.JoinAsync(activity, 2);
        var people = await system.KnownAsync(3);
        await people[0].RegisterAsync(activity, "all_or_nothing", people);
        Assert.Equal("waitlisted", await people[1].StatusAsync(activity));

        await people[2].CancelAsync(activity);

        await people[0].BecomesAsync(activity, "confirmed");
        Assert.Equal("confirmed", await people[1].StatusAsync(activity));
        await system.CountsAsync(activity, confirmed: 4, waiting: 0);
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_waiting_group_goes_to_the_back_as_one_when_a_member_grows()
    {
        var activity = await system.OpenAsync(1, new { skipLimit = 0 });
        await system.JoinAsync(activity);
        var people = await system.KnownAsync(2);
        await people[0].RegisterAsync(activity, "all_or_nothing", people);
        var behind = await system.JoinAsync(activity);

        var grown = await people[1].ResizeAsync(activity, 2);

        Assert.Equal(2, grown.Position);
        Assert.Equal(2, (await people[0].GetAsync($"/api/activities/{activity}/rsvp")).Body.GetProperty("waitlistPosition").GetInt32());
        Assert.Equal(1, (await behind.GetAsync($"/api/activities/{activity}/rsvp")).Body.GetProperty("waitlistPosition").GetInt32());
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_member_of_a_confirmed_group_who_leaves_frees_the_seats_of_one_party()
    {
        var activity = await system.OpenAsync(3);
        var people = await system.KnownAsync(2);
        await people[0].RegisterAsync(activity, "all_or_nothing", [(people[0], 1), (people[1], 2)]);
        var waiting = await system.JoinAllAsync(activity, 1, 1, 1);

        await people[1].CancelAsync(activity);

        await waiting[1].BecomesAsync(activity, "confirmed");
        Assert.Equal(["confirmed", "confirmed", "waitlisted"], await waiting.StatusesAsync(activity));
        Assert.Equal("confirmed", await people[0].StatusAsync(activity));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_group_is_cancelled_by_its_creator_or_a_host_and_is_nobody_elses_to_see()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(10);
        var people = await system.KnownAsync(4);
        var first = await people[0].RegisterAsync(activity, "all_or_nothing", people[..2]);
        var second = await people[2].RegisterAsync(activity, "best_effort", people[2..]);

        Task<Answer> CancelAsync(Person person, Answer group) =>
            person.SendAsync(HttpMethod.Delete, $"/api/activities/{activity}/rsvps/group/{group.Body.GetProperty("groupId").GetGuid()}");
        var foreign = await CancelAsync(people[1], first);
        var own = await CancelAsync(people[0], first);
        var again = await CancelAsync(people[0], first);
        var byHost = await CancelAsync(host, second);

        Assert.Equal((HttpStatusCode.NotFound, "group_not_found"), (foreign.Status, foreign.Code));
        Assert.Equal(["cancelled", "cancelled"], own.MemberStatuses());
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal(["cancelled", "cancelled"], byHost.MemberStatuses());
        await system.CountsAsync(activity, confirmed: 0, waiting: 0);
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_group_must_be_said_exactly()
    {
        var activity = await system.OpenAsync(5);
        var person = system.NewPerson();

        var answer = await person.SendAsync(
            HttpMethod.Post,
            $"/api/activities/{activity}/rsvps/group",
            """{ "mode": "maybe", "members": [{ "userId": "x", "guests": 1 }, 7] }""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(
            ["members[0].guests", "members[0].userId", "members[1]", "mode"],
            answer.Body.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
    }
}
