using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Contract;

/// <summary>What the contract promises to hosts about settings and lists, sentence by sentence, on real processes.</summary>
[Collection(SystemCollection.Name)]
public sealed class HostingContractTests(SystemFixture system)
{
    [Fact]
    public async Task Settings_have_their_defaults_keep_what_is_absent_and_clear_what_is_null()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(5);
        var opened = (await host.GetAsync($"/api/activities/{activity}")).Body;

        await host.PatchAsync(activity, new { skipLimit = (int?)null, capacity = (int?)null });
        var changed = (await host.GetAsync($"/api/activities/{activity}")).Body;

        Assert.Equal((10, 10, 5, "auto", 60.0), (
            opened.GetProperty("maxPartySize").GetInt32(),
            opened.GetProperty("maxGroupSize").GetInt32(),
            opened.GetProperty("skipLimit").GetInt32(),
            opened.GetProperty("promotionMode").GetString(),
            opened.GetProperty("offerMinutes").GetDouble()));
        Assert.True(opened.GetProperty("waitlistEnabled").GetBoolean());
        Assert.False(opened.GetProperty("participantsVisible").GetBoolean());
        Assert.Equal(opened.GetProperty("startsAt").GetString(), opened.GetProperty("registrationClosesAt").GetString());
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (changed.GetProperty("skipLimit").ValueKind, changed.GetProperty("capacity").ValueKind));
        Assert.Equal(10, changed.GetProperty("maxPartySize").GetInt32());
    }

    [Fact]
    public async Task A_change_of_settings_takes_effect_whole_or_not_at_all()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(3);
        await system.JoinAsync(activity, 2);

        var refused = await host.PatchAsync(activity, new { title = "Go night", capacity = 1 });
        var contradictory = await host.PatchAsync(activity, new { title = "Go night", endsAt = TimeProvider.System.GetUtcNow() });
        var title = (await host.GetAsync($"/api/activities/{activity}")).Body.GetProperty("title").GetString();
        var changed = await host.PatchAsync(activity, new { title = "Go night", capacity = 2 });

        Assert.Equal((HttpStatusCode.Conflict, "capacity_below_taken"), Of(refused));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "invalid_settings"), Of(contradictory));
        Assert.Equal("Chess night", title);
        var settings = changed.Body.GetProperty("activity");
        Assert.Equal(("Go night", 2), (settings.GetProperty("title").GetString(), settings.GetProperty("capacity").GetInt32()));
    }

    [Fact]
    public async Task With_the_waitlist_switched_off_nobody_joins_it_and_who_waits_from_before_is_let_in()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(1);
        var seated = await system.JoinAsync(activity);
        var waiting = await system.JoinAsync(activity);
        await host.PatchAsync(activity, new { waitlistEnabled = false });

        Assert.Equal((HttpStatusCode.Conflict, "activity_full"), Of(await system.NewPerson().SubmitAsync(activity)));
        await seated.CancelAsync(activity);
        await waiting.BecomesAsync(activity, "confirmed");
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task Beyond_the_capacity_no_seat_is_available_rather_than_fewer_than_none()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(1, new { promotionMode = "offer" });
        await system.JoinAsync(activity);
        var waiting = await system.JoinAsync(activity, 2);

        var offered = await host.PromoteAsync(activity, new { rsvpIds = new[] { await waiting.RsvpIdAsync(activity) }, overrideCapacity = true });
        var counts = (await host.GetAsync($"/api/activities/{activity}/capacity")).Body;

        Assert.Equal(["offered"], offered.MemberStatuses());
        Assert.Equal((1, 2, 0), (counts.GetProperty("confirmed").GetInt32(), counts.GetProperty("offered").GetInt32(), counts.GetProperty("available").GetInt32()));
        await system.AssertAuditIsCleanAsync();
    }

    [Theory]
    [InlineData("""{ "capacity": 1000001 }""", "capacity")]
    [InlineData("""{ "maxPartySize": 0 }""", "maxPartySize")]
    [InlineData("""{ "skipLimit": 1001 }""", "skipLimit")]
    [InlineData("""{ "promotionMode": "lottery" }""", "promotionMode")]
    [InlineData("""{ "title": " " }""", "title")]
    public async Task A_setting_out_of_its_bounds_is_refused_by_name(string body, string field)
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(5);

        var answer = await host.SendAsync(HttpMethod.Patch, $"/api/activities/{activity}", body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(field, Assert.Single(answer.Body.GetProperty("errors").EnumerateObject()).Name);
    }

    [Fact]
    public async Task Lists_are_for_hosts_and_say_who_comes_who_waits_and_what_was_decided()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(1);
        var seated = await system.JoinAsync(activity);
        var waiting = await system.JoinAllAsync(activity, 2, 1);

        foreach (var list in new[] { "rsvps", "history", "analytics/rsvps" })
        {
            Assert.Equal((HttpStatusCode.Forbidden, "not_host"), Of(await seated.GetAsync($"/api/activities/{activity}/{list}")));
        }

        var confirmed = (await host.GetAsync($"/api/activities/{activity}/rsvps?status=confirmed")).Body.GetProperty("items");
        var line = (await host.GetAsync($"/api/activities/{activity}/waitlist")).Body;
        var decisions = (await host.GetAsync($"/api/activities/{activity}/history")).Body.GetProperty("items").EnumerateArray();
        Assert.Equal(seated.Id, Assert.Single(confirmed.EnumerateArray()).GetProperty("userId").GetGuid());
        Assert.Equal([waiting[0].Id, waiting[1].Id], line.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("userId").GetGuid()));
        Assert.Equal(["created", "confirmed", "waitlisted", "waitlisted"], decisions.Select(row => row.GetProperty("action").GetString()));
    }

    [Fact]
    public async Task Names_of_participants_are_shown_to_others_only_when_the_host_says_so()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(2);
        var person = await system.JoinAsync(activity);
        var path = $"/api/activities/{activity}/participants";

        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync(path)).Status);
        Assert.Equal((HttpStatusCode.Forbidden, "participants_hidden"), Of(await person.GetAsync(path)));
        await host.PatchAsync(activity, new { participantsVisible = true });

        var names = (await person.GetAsync(path)).Body.GetProperty("items").EnumerateArray().Single();
        Assert.Equal("Ada", names.GetProperty("name").GetString());
        Assert.False(names.TryGetProperty("userId", out _));
    }

    [Fact]
    public async Task The_list_comes_as_a_table_that_spreadsheets_open_and_nobody_injects_into()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(2);
        var person = system.NewPerson();
        await person.SendAsync(HttpMethod.Post, $"/api/activities/{activity}/rsvp", """{ "specialRequirements": "=HYPERLINK(\"x\")" }""");

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/activities/{activity}/rsvps");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", host.Token);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        using var response = await system.Http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        Assert.Contains("specialRequirements", text.Split('\n')[0], StringComparison.Ordinal);
        Assert.Contains("'=HYPERLINK", text, StringComparison.Ordinal);
    }

    private static (HttpStatusCode Status, string? Code) Of(Answer answer) => (answer.Status, answer.Code);
}
