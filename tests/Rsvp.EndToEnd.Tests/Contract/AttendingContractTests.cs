using System.Net;
using System.Text.Json;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Contract;

/// <summary>What the contract promises to attendees, sentence by sentence, on real processes.</summary>
[Collection(SystemCollection.Name)]
public sealed class AttendingContractTests(SystemFixture system)
{
    [Fact]
    public async Task If_Match_is_judged_before_all_rules_but_existence()
    {
        var activity = await system.OpenAsync(5);
        var person = await system.JoinAsync(activity);
        Task<Answer> PutAsync(string ifMatch) => person.SendIfMatchAsync(HttpMethod.Put, $"/api/activities/{activity}/rsvp", ifMatch, """{ "guestCount": 1 }""");

        Assert.Equal((HttpStatusCode.PreconditionFailed, "version_mismatch"), Of(await PutAsync("\"9\"")));
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("\"1\"")).Status);
        Assert.Equal(HttpStatusCode.OK, (await person.SendIfMatchAsync(HttpMethod.Delete, $"/api/activities/{activity}/rsvp", "*")).Status);
        Assert.Equal("version_mismatch", (await person.SendIfMatchAsync(HttpMethod.Delete, $"/api/activities/{activity}/rsvp", "*")).Code);
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync("W/\"1\"")).Status);
        Assert.Equal("rsvp_not_found", (await system.NewPerson().SendIfMatchAsync(HttpMethod.Delete, $"/api/activities/{activity}/rsvp", "\"1\"")).Code);
    }

    [Fact]
    public async Task Cancelling_twice_succeeds_and_coming_back_keeps_the_id_and_goes_to_the_back()
    {
        var activity = await system.OpenAsync(1);
        var person = await system.JoinAsync(activity);
        var waiting = await system.JoinAsync(activity);
        var id = await person.RsvpIdAsync(activity);

        await person.CancelAsync(activity);
        var again = await person.CancelAsync(activity);
        Assert.Equal((HttpStatusCode.OK, "cancelled"), (again.Status, again.RsvpStatus));
        Assert.Equal("cancelled", await person.StatusAsync(activity));
        Assert.Equal("rsvp_not_found", (await person.ResizeAsync(activity, 2)).Code);
        await waiting.BecomesAsync(activity, "confirmed");

        var back = await person.SubmitAsync(activity);
        Assert.Equal((HttpStatusCode.Created, 1, id), (back.Status, back.Position, back.Body.GetProperty("rsvp").GetProperty("id").GetGuid()));
    }

    [Fact]
    public async Task A_waiting_party_keeps_its_place_when_it_shrinks_and_goes_to_the_back_when_it_grows()
    {
        var activity = await system.OpenAsync(0);
        var waiting = await system.JoinAllAsync(activity, 2, 1);

        Assert.Equal(1, (await waiting[0].ResizeAsync(activity, 1)).Position);
        Assert.Equal(2, (await waiting[0].ResizeAsync(activity, 3)).Position);

        var position = (await waiting[0].GetAsync($"/api/rsvps/{await waiting[0].RsvpIdAsync(activity)}/position")).Body;
        Assert.Equal((2, 1, 1, 2), (Number(position, "position"), Number(position, "partiesAhead"), Number(position, "spotsAhead"), Number(position, "waitlistLength")));
    }

    [Fact]
    public async Task While_anyone_waits_a_confirmed_party_does_not_grow_and_may_shrink()
    {
        var activity = await system.OpenAsync(3);
        var seated = await system.JoinAsync(activity, 2);
        var waiting = await system.JoinAsync(activity, 3);

        var grown = await seated.ResizeAsync(activity, 3);
        var shrunk = await seated.ResizeAsync(activity, 1);

        Assert.Equal((HttpStatusCode.Conflict, "not_enough_capacity"), Of(grown));
        Assert.Equal((HttpStatusCode.OK, "confirmed"), (shrunk.Status, shrunk.RsvpStatus));
        Assert.Equal("waitlisted", await waiting.StatusAsync(activity));
        await system.CountsAsync(activity, confirmed: 1, waiting: 3);
    }

    [Fact]
    public async Task A_waiting_group_is_one_place_of_the_waitlists_limit_and_may_rather_be_refused_than_wait()
    {
        var activity = await system.OpenAsync(1, new { waitlistLimit = 2 });
        await system.JoinAsync(activity);
        var people = await system.KnownAsync(3);
        var group = $"/api/activities/{activity}/rsvps/group";

        Task<Answer> RejectIfFullAsync(string mode) => people[0].SendAsync(HttpMethod.Post, group, JsonSerializer.Serialize(
            new { mode, ifFull = "reject", members = people.Select(member => new { userId = member.Id }) }));
        var together = await RejectIfFullAsync("all_or_nothing");
        var each = await RejectIfFullAsync("best_effort");
        var waits = await people[0].RegisterAsync(activity, "all_or_nothing", people);
        var second = await system.NewPerson().SubmitAsync(activity);
        var third = await system.NewPerson().SubmitAsync(activity);
        var unknown = await people[0].SendAsync(HttpMethod.Delete, $"{group}/{Guid.NewGuid()}");

        Assert.Equal((HttpStatusCode.Conflict, "activity_full"), Of(together));
        Assert.Equal(HttpStatusCode.OK, each.Status);
        Assert.Equal(["activity_full", "activity_full", "activity_full"], each.MemberProblems());
        Assert.Equal(["waitlisted", "waitlisted", "waitlisted"], waits.MemberStatuses());
        Assert.Equal((2, "waitlist_full"), (second.Position, third.Code));
        Assert.Equal((HttpStatusCode.NotFound, "group_not_found"), Of(unknown));
    }

    [Fact]
    public async Task Outside_the_window_and_beyond_the_settings_nobody_gets_in()
    {
        var host = system.NewPerson();
        var now = TimeProvider.System.GetUtcNow();
        var early = await host.OpenAsync(5, new { registrationOpensAt = now.AddDays(1) });
        var late = await host.OpenAsync(5, new { registrationOpensAt = now.AddDays(-2), registrationClosesAt = now.AddDays(-1) });
        var small = await host.OpenAsync(1, new { maxPartySize = 2, waitlistLimit = 1 });
        var lineless = await host.OpenAsync(0, new { waitlistEnabled = false });
        var off = await host.OpenAsync(5);
        var begun = await host.OpenAsync(5);
        await host.SendAsync(HttpMethod.Post, $"/api/activities/{off}/cancel");
        await host.StartAsync(begun);
        await system.JoinAsync(small);
        await system.JoinAsync(small);

        Assert.Equal((HttpStatusCode.Conflict, "registration_not_open"), Of(await system.NewPerson().SubmitAsync(early)));
        Assert.Equal((HttpStatusCode.Conflict, "registration_closed"), Of(await system.NewPerson().SubmitAsync(late)));
        Assert.Equal((HttpStatusCode.Conflict, "registration_closed"), Of(await system.NewPerson().SubmitAsync(begun)));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "party_too_large"), Of(await system.NewPerson().SubmitAsync(small, 3)));
        Assert.Equal((HttpStatusCode.Conflict, "waitlist_full"), Of(await system.NewPerson().SubmitAsync(small)));
        Assert.Equal((HttpStatusCode.Conflict, "activity_full"), Of(await system.NewPerson().SubmitAsync(lineless)));
        Assert.Equal((HttpStatusCode.Conflict, "activity_cancelled"), Of(await system.NewPerson().SubmitAsync(off)));
        Assert.Equal((HttpStatusCode.NotFound, "activity_not_found"), Of(await system.NewPerson().SubmitAsync(Guid.NewGuid())));
    }

    [Fact]
    public async Task After_closing_nobody_joins_or_grows_and_promotion_goes_on()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(2);
        var seated = await system.JoinAllAsync(activity, 1, 1);
        var waiting = await system.JoinAsync(activity);
        await host.PatchAsync(activity, new { registrationClosesAt = TimeProvider.System.GetUtcNow().AddMinutes(-1) });

        Assert.Equal("registration_closed", (await system.NewPerson().SubmitAsync(activity)).Code);
        Assert.Equal("registration_closed", (await seated[0].ResizeAsync(activity, 2)).Code);
        Assert.Equal("registration_closed", (await waiting.ResizeAsync(activity, 2)).Code);
        await seated[1].CancelAsync(activity);

        await waiting.BecomesAsync(activity, "confirmed");
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_no_JSON_is_refused()
    {
        var activity = await system.OpenAsync(2);
        var person = system.NewPerson();
        var path = $"/api/activities/{activity}/rsvp";
        using var text = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("guestCount=1") };
        text.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", person.Token);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body_too_large"), Of(await person.SendAsync(HttpMethod.Post, path, $$"""{ "specialRequirements": "{{new string('x', 300_000)}}" }""")));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await system.Http.SendAsync(text)).StatusCode);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), Of(await person.SendAsync(HttpMethod.Post, path, "{")));
    }

    [Fact]
    public async Task A_request_is_its_owners_alone_and_one_that_was_never_issued_is_not_found()
    {
        var activity = await system.OpenAsync(1);
        var person = system.NewPerson();
        var taken = await person.SendAsync(HttpMethod.Post, $"/api/activities/{activity}/rsvp", "{}", waitSeconds: null);

        var polled = await person.SendAsync(HttpMethod.Get, $"/api/requests/{taken.RequestId}", waitSeconds: 10);
        Assert.Equal((HttpStatusCode.Accepted, "pending"), (taken.Status, taken.Body.GetProperty("status").GetString()));
        Assert.Equal(("completed", "submit_rsvp", "confirmed"), (polled.Body.GetProperty("status").GetString(), polled.Body.GetProperty("command").GetString(), polled.RsvpStatus));
        Assert.Equal(HttpStatusCode.NotFound, (await system.NewPerson().GetAsync($"/api/requests/{taken.RequestId}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await person.GetAsync($"/api/requests/{Guid.NewGuid()}")).Status);
    }

    [Fact]
    public async Task Activities_are_public_and_the_rest_needs_a_token()
    {
        var activity = await system.OpenAsync(1);

        foreach (var path in new[] { "/api/activities", $"/api/activities/{activity}", $"/api/activities/{activity}/capacity" })
        {
            Assert.Equal(HttpStatusCode.OK, (await system.Http.GetAsync(path)).StatusCode);
        }

        foreach (var path in new[] { $"/api/activities/{activity}/rsvp", $"/api/activities/{activity}/waitlist", "/api/users/me", "/api/users/my-rsvps", $"/api/requests/{Guid.NewGuid()}" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await system.Http.GetAsync(path)).StatusCode);
        }
    }

    [Fact]
    public async Task An_rsvp_is_nobodys_to_see_but_its_owners_and_the_hosts()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(1);
        var person = await system.JoinAsync(activity);
        var path = $"/api/rsvps/{await person.RsvpIdAsync(activity)}";

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], [(await person.GetAsync(path)).Status, (await host.GetAsync(path)).Status]);
        Assert.Equal(HttpStatusCode.OK, (await system.NewPerson("admin").GetAsync(path)).Status);
        Assert.Equal((HttpStatusCode.NotFound, "rsvp_not_found"), Of(await system.NewPerson().GetAsync(path)));
        Assert.Equal((HttpStatusCode.NotFound, "rsvp_not_found"), Of(await system.NewPerson().GetAsync(path + "/position")));
    }

    [Theory]
    [InlineData("""{ "guests": 1 }""", "guests")]
    [InlineData("""{ "guestCount": "one" }""", "guestCount")]
    [InlineData("""{ "guestCount": 100 }""", "guestCount")]
    [InlineData("""{ "ifFull": "maybe" }""", "ifFull")]
    public async Task A_body_that_is_not_as_documented_is_refused_by_field_and_changes_nothing(string body, string field)
    {
        var activity = await system.OpenAsync(5);

        var answer = await system.NewPerson().SendAsync(HttpMethod.Post, $"/api/activities/{activity}/rsvp", body);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), Of(answer));
        Assert.Equal(field, Assert.Single(answer.Body.GetProperty("errors").EnumerateObject()).Name);
        await system.CountsAsync(activity, confirmed: 0, waiting: 0);
    }

    private static (HttpStatusCode Status, string? Code) Of(Answer answer) => (answer.Status, answer.Code);

    private static int Number(JsonElement document, string name) => document.GetProperty(name).GetInt32();
}
