using System.Net;
using System.Text.Json;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Hosting;

/// <summary>What hosts do with the line, on real processes.</summary>
[Collection(SystemCollection.Name)]
public sealed class LineTests(SystemFixture system)
{
    [Fact]
    public async Task The_host_moves_somebody_up_while_others_leave()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(2);
        var seated = await system.JoinAllAsync(activity, 1, 1);
        var waiting = await system.JoinAllAsync(activity, 1, 1, 1, 1, 1, 1);
        var last = await waiting[5].RsvpIdAsync(activity);

        var answers = await Task.WhenAll(
            host.BulkAsync(activity, new { action = "move", rsvpIds = new[] { last }, toPosition = 1, reason = "speaks" }),
            waiting[0].CancelAsync(activity),
            waiting[2].CancelAsync(activity),
            waiting[4].CancelAsync(activity));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal([1, 2, 3], await new[] { waiting[5], waiting[1], waiting[3] }.PositionsAsync(activity));

        await seated[0].CancelAsync(activity);
        await waiting[5].BecomesAsync(activity, "confirmed");
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task Several_are_moved_to_a_position_and_the_ones_after_it_in_the_order_given_a_group_whole()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(0);
        var singles = await system.JoinAllAsync(activity, 1, 1, 1, 1);
        var pair = await system.KnownAsync(2);
        await pair[0].RegisterAsync(activity, "all_or_nothing", pair);

        var moved = await host.BulkAsync(activity, new { action = "move", rsvpIds = new[] { await pair[1].RsvpIdAsync(activity), await singles[0].RsvpIdAsync(activity) }, toPosition = 2 });

        Assert.Equal([2, 3], moved.Body.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("rsvp").GetProperty("waitlistPosition").GetInt32()));
        Assert.Equal([3, 1, 4, 5], await singles.PositionsAsync(activity));
        Assert.Equal([2, 2], await pair.PositionsAsync(activity));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task Forty_who_are_moved_to_the_same_position_one_after_the_other_all_find_room()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(0);
        var people = await system.JoinAllAsync(activity, [.. Enumerable.Repeat(1, 45)]);
        var ids = await people.RsvpIdsAsync(activity);

        foreach (var id in ids[4..44])
        {
            Assert.Equal(HttpStatusCode.OK, (await host.BulkAsync(activity, new { action = "move", rsvpIds = new[] { id }, toPosition = 2 })).Status);
        }

        int[] expected = [0, .. Enumerable.Range(4, 40).Reverse(), 1, 2, 3, 44];
        Assert.Equal(Enumerable.Range(1, 45).Select(position => (int?)position), await expected.Select(index => people[index]).PositionsAsync(activity));
        await host.PatchAsync(activity, new { capacity = 20 });
        await system.CountsAsync(activity, confirmed: 20, waiting: 25);
        Assert.All(await expected[..20].Select(index => people[index]).StatusesAsync(activity), status => Assert.Equal("confirmed", status));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task Two_hosts_who_promote_for_one_seat_let_one_in()
    {
        var host = system.NewPerson();
        var second = (await system.KnownAsync(1))[0];
        var activity = await host.OpenAsync(1, new { promotionCutoffMinutes = 60 * 24 * 40 });
        await host.SendAsync(HttpMethod.Put, $"/api/activities/{activity}/hosts/{second.Id}");
        var seated = await system.JoinAsync(activity);
        var waiting = await system.JoinAllAsync(activity, 1, 1);
        await seated.CancelAsync(activity);

        var answers = await Task.WhenAll(host.PromoteAsync(activity, new { count = 1 }), second.PromoteAsync(activity, new { count = 1 }));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(answer => answer.Status).Order());
        Assert.Equal("no_room", Assert.Single(answers, answer => answer.Status == HttpStatusCode.Conflict).Code);
        Assert.Equal(["confirmed", "waitlisted"], await waiting.StatusesAsync(activity));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task By_name_a_place_gets_in_with_room_or_on_record_beyond_it()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(1);
        var seated = await system.JoinAsync(activity);
        var waiting = await system.JoinAllAsync(activity, 2, 1);
        var rsvp = await waiting[0].RsvpIdAsync(activity);

        var refused = await host.PromoteAsync(activity, new { rsvpIds = new[] { rsvp } });
        var overridden = await host.PromoteAsync(activity, new { rsvpIds = new[] { rsvp }, overrideCapacity = true });
        var again = await host.PromoteAsync(activity, new { rsvpIds = new[] { rsvp } });
        await system.CountsAsync(activity, confirmed: 3, waiting: 1);

        Assert.Equal((HttpStatusCode.Conflict, "no_room"), (refused.Status, refused.Code));
        Assert.Equal(["confirmed"], overridden.MemberStatuses());
        Assert.Equal("rsvp_not_waiting", again.Code);

        // A seat that is free below the overridden is no free seat; only within the capacity is the line refilled.
        await seated.CancelAsync(activity);
        await system.AssertAuditIsCleanAsync();
        Assert.Equal("waitlisted", await waiting[1].StatusAsync(activity));
        await waiting[0].CancelAsync(activity);
        await waiting[1].BecomesAsync(activity, "confirmed");
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task An_override_then_a_raised_capacity_then_the_cancel_of_the_overridden_party()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(1);
        await system.JoinAsync(activity);
        var waiting = await system.JoinAllAsync(activity, 2, 1, 1, 1);
        await host.PromoteAsync(activity, new { rsvpIds = new[] { await waiting[0].RsvpIdAsync(activity) }, overrideCapacity = true });

        await host.PatchAsync(activity, new { capacity = 3 });
        await system.AssertAuditIsCleanAsync();
        await system.CountsAsync(activity, confirmed: 3, waiting: 3);
        await waiting[0].CancelAsync(activity);

        await system.CountsAsync(activity, confirmed: 3, waiting: 1);
        await system.AssertAuditIsCleanAsync();
    }

    [Theory]
    [InlineData("auto", "confirmed")]
    [InlineData("offer", "offered")]
    public async Task A_bulk_of_two_hundred_into_a_hundred_and_fifty_seats_lets_in_as_many_as_fit(string promotionMode, string status)
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(0, new { promotionMode, promotionCutoffMinutes = 60 * 24 * 40 });
        var people = Enumerable.Range(0, 200).Select(_ => system.NewPerson()).ToList();
        await Task.WhenAll(people.Select(person => person.SubmitAsync(activity)));
        await host.PatchAsync(activity, new { capacity = 150 });
        var ids = await people.RsvpIdsAsync(activity);

        var tried = await host.BulkAsync(activity, new { action = "promote", rsvpIds = ids, dryRun = true });
        await system.CountsAsync(activity, confirmed: 0, waiting: 200);
        var done = await host.BulkAsync(activity, new { action = "promote", rsvpIds = ids });

        Assert.Equal(tried.MemberProblems(), done.MemberProblems());
        Assert.Equal([.. Enumerable.Repeat((string?)null, 150), .. Enumerable.Repeat("no_room", 50)], done.MemberProblems());
        Assert.All(await people[..150].StatusesAsync(activity), had => Assert.Equal(status, had));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_bulk_with_repeated_and_unknown_rsvps_answers_each()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(1);
        var seated = await system.JoinAsync(activity);
        var waiting = await system.JoinAllAsync(activity, 1, 1);
        var known = await waiting[0].RsvpIdAsync(activity);
        var elsewhere = await system.OpenAsync(0);
        var foreign = await (await system.JoinAsync(elsewhere)).RsvpIdAsync(elsewhere);

        var answer = await host.BulkAsync(
            activity, new { action = "remove", rsvpIds = new[] { known, known, Guid.NewGuid(), await seated.RsvpIdAsync(activity), foreign }, reason = "no answer" });

        Assert.Equal([null, "duplicate_member", "rsvp_not_found", "rsvp_not_waiting", "rsvp_not_found"], answer.MemberProblems());
        Assert.Equal(JsonValueKind.Null, answer.Body.GetProperty("results")[2].GetProperty("userId").ValueKind);
        Assert.Equal("cancelled", await waiting[0].StatusAsync(activity));
        Assert.Equal(1, await waiting[1].PositionAsync(activity));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_bulk_promotion_while_cancels_arrive_never_overbooks()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(10);
        var seated = await system.JoinAllAsync(activity, [.. Enumerable.Repeat(1, 10)]);
        var waiting = await system.JoinAllAsync(activity, [.. Enumerable.Repeat(1, 20)]);
        var ids = await waiting.RsvpIdsAsync(activity);

        await Task.WhenAll(seated.Select(person => person.CancelAsync(activity))
            .Append(host.BulkAsync(activity, new { action = "promote", rsvpIds = ids[10..] }))
            .Append(host.BulkAsync(activity, new { action = "promote", rsvpIds = ids[15..] })));

        await system.CountsAsync(activity, confirmed: 10, waiting: 10);
        await system.AssertAuditIsCleanAsync();
    }

    [Theory]
    [InlineData("""{ "action": "swap", "rsvpIds": ["0198a000-0000-7000-8000-000000000003"] }""", "action")]
    [InlineData("""{ "action": "move", "rsvpIds": ["0198a000-0000-7000-8000-000000000003"] }""", "toPosition")]
    [InlineData("""{ "action": "remove", "rsvpIds": ["0198a000-0000-7000-8000-000000000003"], "toPosition": 1 }""", "toPosition")]
    [InlineData("""{ "action": "remove", "rsvpIds": [] }""", "rsvpIds")]
    [InlineData("""{ "action": "remove", "rsvpIds": ["x"] }""", "rsvpIds[0]")]
    public async Task A_bulk_must_be_said_exactly(string body, string field)
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(1);

        var answer = await host.SendAsync(HttpMethod.Post, $"/api/activities/{activity}/waitlist/bulk", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(field, Assert.Single(answer.Body.GetProperty("errors").EnumerateObject()).Name);
    }
}
