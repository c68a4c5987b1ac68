using System.Net;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Hosting;

/// <summary>Co-hosts, removal, capacity and calling off, on real processes.</summary>
[Collection(SystemCollection.Name)]
public sealed class HostTests(SystemFixture system)
{
    [Fact]
    public async Task A_co_host_may_what_a_host_may_until_removed_and_the_last_host_stays()
    {
        var host = system.NewPerson();
        var second = (await system.KnownAsync(1))[0];
        var activity = await host.OpenAsync(5);

        Assert.Equal("not_host", (await second.PatchAsync(activity, new { capacity = 6 })).Code);
        Assert.Equal("user_not_found", (await ChangeAsync(HttpMethod.Put, host, activity, system.NewPerson())).Code);
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync(HttpMethod.Put, host, activity, second)).Status);
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync(HttpMethod.Put, host, activity, second)).Status);
        Assert.Equal(HttpStatusCode.OK, (await second.PatchAsync(activity, new { capacity = 6 })).Status);
        Assert.Equal(HttpStatusCode.OK, (await ChangeAsync(HttpMethod.Delete, second, activity, host)).Status);
        Assert.Equal("not_host", (await host.PatchAsync(activity, new { capacity = 7 })).Code);
        Assert.Equal("last_host", (await ChangeAsync(HttpMethod.Delete, second, activity, second)).Code);
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_cancel_by_the_user_and_by_a_host_at_once_frees_the_seat_once()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(1);
        var person = await system.JoinAsync(activity);
        var waiting = await system.JoinAllAsync(activity, 1, 1);
        var rsvp = await person.RsvpIdAsync(activity);

        var answers = await Task.WhenAll(person.CancelAsync(activity), host.RemoveAsync(rsvp, "no longer fits"));

        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.OK, "cancelled"), (answer.Status, answer.RsvpStatus)));
        await waiting[0].BecomesAsync(activity, "confirmed");
        await system.AssertAuditIsCleanAsync();
        Assert.Equal("waitlisted", await waiting[1].StatusAsync(activity));
    }

    [Fact]
    public async Task A_party_is_removed_by_hosts_only_and_the_reason_is_kept()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(2);
        var person = await system.JoinAsync(activity);
        var rsvp = await person.RsvpIdAsync(activity);

        Assert.Equal((HttpStatusCode.Forbidden, "not_host"), Of(await person.RemoveAsync(rsvp)));
        Assert.Equal((HttpStatusCode.NotFound, "rsvp_not_found"), Of(await system.NewPerson().RemoveAsync(rsvp)));
        Assert.Equal(HttpStatusCode.OK, (await host.RemoveAsync(rsvp, "rude")).Status);

        var last = (await person.GetAsync($"/api/rsvps/{rsvp}/history")).Body.GetProperty("items").EnumerateArray().Last();
        Assert.Equal(("removed", "host", "rude"), (last.GetProperty("action").GetString(), last.GetProperty("actor").GetString(), last.GetProperty("reason").GetString()));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_capacity_below_what_is_taken_is_refused_and_changes_nothing()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(3);
        await system.JoinAsync(activity, 2);

        Assert.Equal((HttpStatusCode.Conflict, "capacity_below_taken"), Of(await host.PatchAsync(activity, new { capacity = 1 })));
        Assert.Equal(HttpStatusCode.OK, (await host.PatchAsync(activity, new { capacity = 2 })).Status);
        await system.CountsAsync(activity, confirmed: 2, waiting: 0);
    }

    [Fact]
    public async Task Called_off_with_ten_thousand_rsvps_it_is_off_at_once_and_everybody_is_told_once()
    {
        const int Rsvps = 10_000;
        var host = system.NewPerson();
        var activity = await host.OpenAsync(4_000);
        foreach (var people in Enumerable.Range(0, Rsvps).Select(_ => system.NewPerson()).Chunk(1_000))
        {
            // On a busy machine some are told to come again; they do, with the same key.
            await Task.WhenAll(people.Select(person => Eventually.HoldsAsync(
                async () => (await person.SubmitAsync(activity, key: "once")).Status == HttpStatusCode.Created, "the RSVP is made", TimeSpan.FromSeconds(60))));
        }

        var off = await host.SendAsync(HttpMethod.Post, $"/api/activities/{activity}/cancel", """{ "reason": "Storm" }""");
        Assert.Equal("cancelled", off.Body.GetProperty("activity").GetProperty("status").GetString());
        Assert.Equal("activity_cancelled", (await system.NewPerson().SubmitAsync(activity)).Code);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Post, $"/api/activities/{activity}/cancel")).Status);

        await Eventually.HoldsAsync(
            async () => await CountAsync("SELECT count(*) FROM rsvps WHERE activity_id = $1 AND status <> 'cancelled'", activity) == 0,
            "every RSVP has ended",
            TimeSpan.FromSeconds(60));
        Assert.Equal(Rsvps, await CountAsync("SELECT count(DISTINCT user_id) FROM notifications WHERE activity_id = $1 AND kind = 'called_off'", activity));
        Assert.Equal(Rsvps, await CountAsync("SELECT count(*) FROM notifications WHERE activity_id = $1 AND kind = 'called_off'", activity));
        await system.AssertAuditIsCleanAsync();
    }

    private static Task<Answer> ChangeAsync(HttpMethod method, Person host, Guid activity, Person user) =>
        host.SendAsync(method, $"/api/activities/{activity}/hosts/{user.Id}");

    private static (HttpStatusCode Status, string? Code) Of(Answer answer) => (answer.Status, answer.Code);

    private async Task<long> CountAsync(string sql, Guid activity)
    {
        await using var command = system.Database.CreateCommand(sql);
        command.Parameters.AddWithValue(activity);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
