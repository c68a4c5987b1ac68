using System.Net;
using System.Text.Json;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Contract;

/// <summary>What the contract promises about every write, sentence by sentence, on real processes.</summary>
[Collection(SystemCollection.Name)]
public sealed class CommandContractTests(SystemFixture system)
{
    [Fact]
    public async Task An_activity_is_opened_by_a_command_whose_answer_is_the_activity()
    {
        var host = system.NewPerson();
        var body = JsonSerializer.Serialize(new { title = "Chess night", startsAt = TimeProvider.System.GetUtcNow().AddDays(30), capacity = 5 });

        var opened = await host.SendAsync(HttpMethod.Post, "/api/activities", body, key: "open", waitSeconds: 99);
        var again = await host.SendAsync(HttpMethod.Post, "/api/activities", body, key: "open", waitSeconds: null);
        var repeated = await host.SendAsync(HttpMethod.Get, again.Location!, waitSeconds: 10);

        var activity = opened.Body.GetProperty("activityId").GetGuid();
        Assert.Equal((HttpStatusCode.Created, $"/api/activities/{activity}", "wait=30"), (opened.Status, opened.Location, opened.PreferenceApplied));
        Assert.Equal(("create_activity", "Chess night"), (opened.Body.GetProperty("command").GetString(), opened.Body.GetProperty("activity").GetProperty("title").GetString()));
        Assert.Equal((HttpStatusCode.Accepted, opened.RequestId, activity), (again.Status, again.RequestId, again.Body.GetProperty("activityId").GetGuid()));
        Assert.Equal(opened.Body.GetRawText(), repeated.Body.GetRawText());

        // Whoever opens one is known from then on, and its host.
        Assert.Equal(["confirmed"], (await host.RegisterAsync(activity, "all_or_nothing", [host])).MemberStatuses());
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync($"/api/activities/{activity}/history")).Status);
    }

    [Fact]
    public async Task An_admin_may_do_what_any_host_may()
    {
        var activity = await system.OpenAsync(1);
        var person = await system.JoinAsync(activity);
        var admin = system.NewPerson("admin");

        Assert.Equal(HttpStatusCode.OK, (await admin.PatchAsync(activity, new { capacity = 2 })).Status);
        Assert.Equal(HttpStatusCode.OK, (await admin.CheckInAsync(await person.RsvpIdAsync(activity))).Status);
        Assert.Equal(HttpStatusCode.OK, (await admin.SendAsync(HttpMethod.Post, $"/api/activities/{activity}/cancel")).Status);
    }

    [Fact]
    public async Task An_rsvps_version_rises_with_all_that_its_document_shows_and_the_activitys_with_every_change()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(5);
        var person = system.NewPerson();
        var path = $"/api/activities/{activity}/rsvp";
        var versions = new List<(string? Own, long Activity)>();

        async Task AfterAsync(Task<Answer> step)
        {
            var answer = await step;
            Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Created, answer.Body.GetRawText());
            var counts = await person.GetAsync($"/api/activities/{activity}/capacity");
            versions.Add((answer.ETag, counts.Body.GetProperty("version").GetInt64()));
        }

        await AfterAsync(person.SubmitAsync(activity));
        await AfterAsync(person.ResizeAsync(activity, 2));
        await AfterAsync(person.SendAsync(HttpMethod.Put, path, """{ "specialRequirements": "ramp" }"""));
        await AfterAsync(host.CheckInAsync(await person.RsvpIdAsync(activity)));
        await AfterAsync(host.UndoCheckInAsync(await person.RsvpIdAsync(activity)));
        await AfterAsync(person.CancelAsync(activity));
        await AfterAsync(host.PatchAsync(activity, new { capacity = 6 }));

        Assert.Equal([("\"1\"", 2), ("\"2\"", 3), ("\"3\"", 4), ("\"4\"", 5), ("\"5\"", 6), ("\"6\"", 7), (null, 8)], versions);
        Assert.Equal("\"6\"", (await person.GetAsync(path)).ETag);
    }

    [Fact]
    public async Task What_no_document_shows_raises_no_version()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(2);
        var person = await system.JoinAsync(activity);

        Answer[] steps =
        [
            await person.SubmitAsync(activity),
            await person.ResizeAsync(activity, 5),
            await person.ResizeAsync(activity, 1),
            await host.PatchAsync(activity, new { capacity = 2 }),
            await host.PatchAsync(activity, new { capacity = 0 }),
            await host.BulkAsync(activity, new { action = "promote", rsvpIds = new[] { Guid.NewGuid() }, dryRun = true }),
        ];

        Assert.Equal(
            ["already_registered", "not_enough_capacity", null, null, "capacity_below_taken", null],
            steps.Select(step => step.Code));
        Assert.Equal(2, (await host.GetAsync($"/api/activities/{activity}")).Body.GetProperty("version").GetInt64());
        Assert.Equal("\"1\"", (await person.GetAsync($"/api/activities/{activity}/rsvp")).ETag);
    }

    [Fact]
    public async Task Requirements_stay_when_they_are_absent_and_go_with_null()
    {
        var activity = await system.OpenAsync(5);
        var person = system.NewPerson();
        var path = $"/api/activities/{activity}/rsvp";
        await person.SendAsync(HttpMethod.Post, path, """{ "specialRequirements": "ramp" }""");

        var kept = await person.ResizeAsync(activity, 2);
        var cleared = await person.SendAsync(HttpMethod.Put, path, """{ "specialRequirements": null }""");

        Assert.Equal("ramp", kept.Body.GetProperty("rsvp").GetProperty("specialRequirements").GetString());
        var rsvp = cleared.Body.GetProperty("rsvp");
        Assert.Equal((JsonValueKind.Null, 2), (rsvp.GetProperty("specialRequirements").ValueKind, rsvp.GetProperty("partySize").GetInt32()));
    }

    [Fact]
    public async Task Every_service_says_that_it_lives_and_is_ready_and_its_figures_are_not_public()
    {
        SystemFixture.NeedsOwn();
        using var anybody = new HttpClient();

        foreach (var (name, url) in system.Run.Metrics)
        {
            var service = new Uri(url);
            Assert.Contains("# TYPE", await anybody.GetStringAsync(service), StringComparison.Ordinal);
            using var alive = await anybody.GetAsync(new Uri(service, "/health/live"));
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);

            // Whoever came before may have restarted it.
            await Eventually.HoldsAsync(
                async () =>
                {
                    using var ready = await anybody.GetAsync(new Uri(service, "/health/ready"));
                    return ready.StatusCode == HttpStatusCode.OK;
                },
                $"{name} is ready");
        }

        Assert.Equal(["api-1", "notifier-1", "worker-1", "worker-2"], system.Run.Metrics.Select(metrics => metrics.Name).Order());
        Assert.Equal(HttpStatusCode.NotFound, (await system.Http.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await system.Http.GetAsync("/openapi/v1.json")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await system.Http.GetAsync("/docs")).StatusCode);
    }
}
