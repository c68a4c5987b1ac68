using System.Net;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Hosting;

/// <summary>Check-in, walk-ins and the release of no-shows, on real processes.</summary>
[Collection(SystemCollection.Name)]
public sealed class DoorTests(SystemFixture system)
{
    [Fact]
    public async Task Two_scanners_in_the_same_second_check_a_party_in_once_and_the_second_hears_when_and_by_whom()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(5);
        var rsvp = await (await system.JoinAsync(activity, 3)).RsvpIdAsync(activity);

        var scans = await Task.WhenAll(host.CheckInAsync(rsvp), host.CheckInAsync(rsvp));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], scans.Select(scan => scan.Status).Order());
        var second = Assert.Single(scans, scan => scan.Code == "already_checked_in").Body;
        Assert.Equal(host.Id, second.GetProperty("checkedInBy").GetGuid());
        Assert.True(second.GetProperty("checkedInAt").GetDateTimeOffset() <= TimeProvider.System.GetUtcNow().AddMinutes(1));
        Assert.True(second.GetProperty("rsvp").GetProperty("checkedIn").GetBoolean());
        Assert.Equal(3, (await host.GetAsync($"/api/activities/{activity}/capacity")).Body.GetProperty("checkedIn").GetInt32());
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_check_in_is_taken_back_once()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(5);
        var rsvp = await (await system.JoinAsync(activity)).RsvpIdAsync(activity);
        await host.CheckInAsync(rsvp);

        Assert.Equal(HttpStatusCode.OK, (await host.UndoCheckInAsync(rsvp)).Status);
        Assert.Equal("not_checked_in", (await host.UndoCheckInAsync(rsvp)).Code);
        Assert.Equal(0, (await host.GetAsync($"/api/activities/{activity}/capacity")).Body.GetProperty("checkedIn").GetInt32());
    }

    [Fact]
    public async Task The_waiting_and_the_cancelled_are_not_checked_in_and_nobody_checks_in_but_hosts()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(1);
        var seated = await system.JoinAsync(activity);
        var waiting = await system.JoinAllAsync(activity, 1, 1);
        await waiting[1].CancelAsync(activity);

        Assert.Equal("not_confirmed", (await host.CheckInAsync(await waiting[0].RsvpIdAsync(activity))).Code);
        Assert.Equal("not_confirmed", (await host.CheckInAsync(await waiting[1].RsvpIdAsync(activity))).Code);
        var rsvp = await seated.RsvpIdAsync(activity);
        Assert.Equal((HttpStatusCode.Forbidden, "not_host"), await OfAsync(seated.CheckInAsync(rsvp)));
        Assert.Equal((HttpStatusCode.NotFound, "rsvp_not_found"), await OfAsync(waiting[0].CheckInAsync(rsvp)));
    }

    [Fact]
    public async Task A_checked_in_party_that_cancels_is_checked_in_no_more()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(2);
        var person = await system.JoinAsync(activity, 2);
        await host.CheckInAsync(await person.RsvpIdAsync(activity));

        await person.CancelAsync(activity);

        Assert.Equal(0, (await host.GetAsync($"/api/activities/{activity}/capacity")).Body.GetProperty("checkedIn").GetInt32());
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_walk_in_gets_in_with_room_and_not_without_it_or_while_others_wait()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(3);
        var people = await system.KnownAsync(4);

        var fits = await host.WalkInAsync(activity, people[0], 2);
        var tooMany = await host.WalkInAsync(activity, people[1], 2);
        await system.JoinAsync(activity, 2);
        var whileOthersWait = await host.WalkInAsync(activity, people[1]);
        var again = await host.WalkInAsync(activity, people[0]);
        var stranger = await host.WalkInAsync(activity, system.NewPerson());
        var byGuest = await people[2].WalkInAsync(activity, people[3]);

        Assert.Equal(HttpStatusCode.Created, fits.Status);
        Assert.True(fits.Body.GetProperty("rsvp").GetProperty("checkedIn").GetBoolean());
        List<string?> codes = [tooMany.Code, whileOthersWait.Code, again.Code, stranger.Code, byGuest.Code];
        Assert.Equal(["no_room", "no_room", "already_registered", "user_not_found", "not_host"], codes);
        Assert.Equal("confirmed", again.RsvpStatus);
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task After_the_start_the_seats_of_those_who_have_not_come_go_to_the_line()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(4);
        var seated = await system.JoinAllAsync(activity, 2, 1, 1);
        var waiting = await system.JoinAllAsync(activity, 1, 1, 1);
        await host.CheckInAsync(await seated[1].RsvpIdAsync(activity));
        Task<Answer> ReleaseAsync() => host.SendAsync(HttpMethod.Post, $"/api/activities/{activity}/release-no-shows");

        var early = await ReleaseAsync();
        Assert.Equal(HttpStatusCode.OK, (await host.StartAsync(activity)).Status);
        var released = await ReleaseAsync();

        Assert.Equal((HttpStatusCode.Conflict, "not_started"), (early.Status, early.Code));
        Assert.Equal(["cancelled", "cancelled"], released.MemberStatuses());
        await system.CountsAsync(activity, confirmed: 4, waiting: 0);
        Assert.Equal(["cancelled", "confirmed", "cancelled"], await seated.StatusesAsync(activity));
        Assert.All(await waiting.StatusesAsync(activity), status => Assert.Equal("confirmed", status));
        await system.AssertAuditIsCleanAsync();
    }

    private static async Task<(HttpStatusCode Status, string? Code)> OfAsync(Task<Answer> answer) => ((await answer).Status, (await answer).Code);
}
