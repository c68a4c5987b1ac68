using System.Text;
using System.Text.Json;
using Rsvp.Api.Tests.Http;

namespace Rsvp.Api.Tests.Analytics;

/// <summary>Statistics against what follows on paper from a small log with every kind of row.</summary>
public sealed class AnalyticsTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    [Fact]
    public async Task The_funnel_counts_people_from_asking_to_coming()
    {
        var funnel = (await ReadPaperWorldAsync()).GetProperty("funnel");

        // Confirmed at once: A 2, B 3, M 1. Waitlisted: C 2, D 1, F 1, G 1, H 1, I 3, J 1, K 1, L 2, N 4. Refused: C 2, E 4, O 11.
        Assert.Equal((3, 40, 6, 17), (Number(funnel, "viewed"), Number(funnel, "asked"), Number(funnel, "confirmedAtOnce"), Number(funnel, "waitlisted")));
        Assert.Equal("""{"already_registered":2,"party_too_large":11,"waitlist_full":4}""", funnel.GetProperty("refused").GetRawText());

        // Offered: C 1, G 1, H 1, F 2. Promoted: D 1, C 1, H 1, J 1, I 3, K 1. Cancelled: B 3, L 2, I 3, D 1.
        Assert.Equal((5, 8, 9), (Number(funnel, "offered"), Number(funnel, "promoted"), Number(funnel, "cancelled")));

        // Confirmed in the end: A 2, H 1, J 1, K 1, M 1; here: A 2, M 1; no-shows: H, J, K, and C, who was released.
        Assert.Equal((3, 4), (Number(funnel, "checkedIn"), Number(funnel, "noShow")));
        Assert.Equal(
            """{"confirmedAtOnce":0.15,"waitlisted":0.425,"refused":0.425,"promoted":0.4706,"cancelled":0.3913,"checkedIn":0.4286,"noShow":0.5714}""",
            funnel.GetProperty("rates").GetRawText());
    }

    [Fact]
    public async Task The_timeline_and_the_patterns_count_by_hour()
    {
        var document = await ReadPaperWorldAsync();

        Assert.Equal(
            [
                "2024-03-11T09:00:00Z asked 10: 5 3 2, then 0 1 0",
                "2024-03-11T10:00:00Z asked 18: 0 3 15, then 1 0 0",
                "2024-03-11T11:00:00Z asked 0: 0 0 0, then 4 1 3",
                "2024-03-11T12:00:00Z asked 1: 1 0 0, then 0 1 0",
                "2024-03-11T13:00:00Z asked 4: 0 4 0, then 0 4 0",
                "2024-03-11T14:00:00Z asked 3: 0 3 0, then 0 0 2",
                "2024-03-15T12:00:00Z asked 4: 0 4 0, then 0 0 0",
                "2024-03-15T18:00:00Z asked 0: 0 0 0, then 0 1 4",
            ],
            document.GetProperty("timeline").EnumerateArray().Select(hour =>
                $"{hour.GetProperty("hour").GetString()} asked {Number(hour, "asked")}: {Number(hour, "confirmedAtOnce")} {Number(hour, "waitlisted")} {Number(hour, "refused")}, "
                + $"then {Number(hour, "offered")} {Number(hour, "promoted")} {Number(hour, "cancelled")}"));

        var patterns = document.GetProperty("patterns");
        Assert.Equal(
            [(1, 9, 10), (1, 10, 18), (1, 12, 1), (1, 13, 4), (1, 14, 3), (5, 12, 4)],
            patterns.GetProperty("weekdayHours").EnumerateArray().Select(pair => (Number(pair, "weekday"), Number(pair, "hour"), Number(pair, "asked"))));

        // Monday is 100 to 105 hours before Friday, 18:00; Friday noon 6.
        Assert.Equal(
            """[{"hoursFrom":1,"hoursTo":24,"asked":4},{"hoursFrom":72,"hoursTo":168,"asked":36}]""", patterns.GetProperty("leadTime").GetRawText());
        Assert.Equal(
            """[{"hoursFrom":72,"hoursTo":168,"expected":7,"noShow":4,"rate":0.5714}]""", patterns.GetProperty("noShowByLeadTime").GetRawText());

        // A and J of A, H, J, K, M.
        Assert.Equal(0.4, patterns.GetProperty("returningShare").GetDouble());
    }

    [Fact]
    public async Task Party_sizes_tell_what_was_asked_for_and_what_demand_was_lost()
    {
        var sizes = (await ReadPaperWorldAsync()).GetProperty("partySize");

        // Lost: L 2, who was removed from the line; E 4, refused, and N 4, who waits still; O 11, too large.
        Assert.Equal(
            ["1: 7 = 1 + 6 + 0, lost 0", "2: 4 = 1 + 2 + 1, lost 2", "3: 2 = 1 + 1 + 0, lost 0", "4: 2 = 0 + 1 + 1, lost 8", "11: 1 = 0 + 0 + 1, lost 11"],
            sizes.GetProperty("histogram").EnumerateArray().Select(size =>
                $"{Number(size, "size")}: {Number(size, "askedParties")} = {Number(size, "confirmedParties")} + {Number(size, "waitlistedParties")} + {Number(size, "refusedParties")}, "
                + $"lost {Number(size, "lost")}"));
        Assert.Equal(21, Number(sizes, "lostDemand"));
    }

    [Fact]
    public async Task The_waitlist_is_measured_from_the_vacancy()
    {
        var waitlist = (await ReadPaperWorldAsync()).GetProperty("waitlist");

        // Nine openings; given to D 1, C 1, G and H 2, F 2, J 1, K 1.
        Assert.Equal((0.8889, 9, 8), (waitlist.GetProperty("fillRate").GetDouble(), Number(waitlist, "seatsOpened"), Number(waitlist, "seatsFilled")));

        // By person: 5, 10, 20, 20, 30, 30, 40, 1,800: the fourth and the eighth of eight.
        Assert.Equal("""{"p50":20,"p95":1800,"max":1800}""", waitlist.GetProperty("promotionSeconds").GetRawText());
        Assert.Equal("""{"p50":3600,"p95":4240,"max":4240}""", waitlist.GetProperty("acceptanceSeconds").GetRawText());
        Assert.Equal((2, 1, 2), (Number(waitlist, "offersAccepted"), Number(waitlist, "offersDeclined"), Number(waitlist, "offersExpired")));

        // 1,210 + 5 + 3 * 20 + 580 + 2 * 30 + 1,800 = 3,715 seconds.
        Assert.Equal(1.0319, waitlist.GetProperty("seatHoursEmpty").GetDouble());
    }

    [Fact]
    public async Task Attendance_and_demographics_are_of_those_who_are_confirmed()
    {
        var document = await ReadPaperWorldAsync();

        Assert.Equal(
            """{"confirmed":6,"checkedIn":3,"noShow":4,"released":1,"walkIns":1,"occupancy":0.4286,"showRate":0.4286}""", document.GetProperty("attendance").GetRawText());

        // Ages 34, 33, 34, 14 and unknown: no band has five. Cities are one city in three spellings.
        Assert.Equal("""{"groups":[],"others":5}""", document.GetProperty("demographics").GetProperty("age").GetRawText());
        Assert.Equal("""{"groups":[{"name":"OSLO","people":5}],"others":0}""", document.GetProperty("demographics").GetProperty("city").GetRawText());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Counting_ahead_in_steps_changes_no_figure(int rowsPerStep)
    {
        var log = await PaperWorld.WriteAsync(world.Database);
        var before = await ReadAsync(log);

        var left = long.MaxValue;
        while (left > 0)
        {
            left = await world.Database.ScalarAsync<long>("SELECT analytics_roll($1, $2)", log.Activity, (long)rowsPerStep);
            Assert.Equal(Figures(before), Figures(await ReadAsync(log)));
        }

        Assert.Equal(before.GetProperty("seq").GetInt64(), await world.Database.ScalarAsync<long>("SELECT seq FROM analytics_rollups WHERE activity_id = $1", log.Activity));
    }

    [Fact]
    public async Task A_seat_that_nobody_in_line_can_take_counts_as_empty_until_now()
    {
        var log = new HandWrittenLog(world.Database, "2999-01-01T18:00:00Z");
        await log.OpenAsync("2024-03-11T09:00:00Z", capacity: 3);
        var seated = await log.PersonAsync(1);
        var large = await log.PersonAsync(5);
        await log.StepAsync("2024-03-11T09:30:00Z", seated, "confirmed", "seat_free", "confirmed");
        await log.StepAsync("2024-03-11T10:00:00Z", large, "waitlisted", "no_room", "waitlisted");
        await log.EndAsync();

        var document = await ReadAsync(log);
        var waitlist = document.GetProperty("waitlist");

        var hours = (document.GetProperty("asOf").GetDateTimeOffset() - HandWrittenLog.Time("2024-03-11T10:00:00Z")).TotalHours;
        Assert.Equal(2 * hours, waitlist.GetProperty("seatHoursEmpty").GetDouble(), tolerance: 0.001);
        Assert.Equal((0, 2), (waitlist.GetProperty("fillRate").GetDouble(), Number(waitlist, "seatsOpened")));
        Assert.Equal((0, JsonValueKind.Null), (Number(document.GetProperty("funnel"), "noShow"), document.GetProperty("attendance").GetProperty("showRate").ValueKind));
        Assert.Empty(document.GetProperty("patterns").GetProperty("noShowByLeadTime").EnumerateArray());
        Assert.Equal(0, Number(document.GetProperty("partySize"), "lostDemand"));
    }

    [Fact]
    public async Task Seats_that_came_free_first_are_given_first()
    {
        // Two cancel a minute apart while two wait; each of the two waited for one of the seats.
        var log = new HandWrittenLog(world.Database, "2999-01-01T18:00:00Z");
        await log.OpenAsync("2024-03-11T09:00:00Z", capacity: 2);
        HandWrittenParty[] parties = [await log.PersonAsync(1), await log.PersonAsync(1), await log.PersonAsync(1), await log.PersonAsync(1)];
        await log.StepAsync("2024-03-11T09:01:00Z", parties[0], "confirmed", "seat_free", "confirmed");
        await log.StepAsync("2024-03-11T09:02:00Z", parties[1], "confirmed", "seat_free", "confirmed");
        await log.StepAsync("2024-03-11T09:03:00Z", parties[2], "waitlisted", "no_room", "waitlisted");
        await log.StepAsync("2024-03-11T09:04:00Z", parties[3], "waitlisted", "line_ahead", "waitlisted");
        await log.StepAsync("2024-03-11T10:00:00Z", parties[0], "cancelled", "cancel", "cancelled");
        await log.StepAsync("2024-03-11T10:01:00Z", parties[1], "cancelled", "cancel", "cancelled");
        await log.StepAsync("2024-03-11T10:01:10Z", parties[2], "promoted", "pass", "confirmed", actor: "system");
        await log.StepAsync("2024-03-11T10:01:10Z", parties[3], "promoted", "pass", "confirmed", actor: "system");
        await log.EndAsync();

        Assert.Equal("""{"p50":10,"p95":70,"max":70}""", (await ReadAsync(log)).GetProperty("waitlist").GetProperty("promotionSeconds").GetRawText());
    }

    [Fact]
    public async Task Without_a_limit_as_many_seats_are_open_as_people_wait()
    {
        var log = new HandWrittenLog(world.Database, "2999-01-01T18:00:00Z");
        await log.OpenAsync("2024-03-11T09:00:00Z", capacity: 0);
        HandWrittenParty[] parties = [await log.PersonAsync(3), await log.PersonAsync(2)];
        await log.StepAsync("2024-03-11T09:01:00Z", parties[0], "waitlisted", "no_room", "waitlisted");
        await log.StepAsync("2024-03-11T09:02:00Z", parties[1], "waitlisted", "line_ahead", "waitlisted");
        await log.SettingsAsync("2024-03-11T10:00:00Z", "settings_changed", capacity: null);
        await log.EndAsync();
        var opened = (await ReadAsync(log)).GetProperty("waitlist");
        await log.StepAsync("2024-03-11T11:00:00Z", parties[0], "promoted", "pass", "confirmed", actor: "system");
        await log.StepAsync("2024-03-11T11:00:00Z", parties[1], "promoted", "pass", "confirmed", actor: "system");
        await log.CountAsync();

        var filled = (await ReadAsync(log)).GetProperty("waitlist");

        Assert.Equal((5, 0), (Number(opened, "seatsOpened"), Number(opened, "seatsFilled")));
        Assert.Equal((5, 5, 5), (Number(filled, "seatsOpened"), Number(filled, "seatsFilled"), filled.GetProperty("seatHoursEmpty").GetDouble()));
        Assert.Equal(3600, filled.GetProperty("promotionSeconds").GetProperty("max").GetDouble());
    }

    [Fact]
    public async Task They_are_for_hosts()
    {
        var log = new HandWrittenLog(world.Database, "2999-01-01T18:00:00Z");
        await log.OpenAsync("2024-03-11T09:00:00Z", capacity: null);
        var path = $"/api/activities/{log.Activity}/analytics/rsvps";
        var deleted = Guid.NewGuid();
        await world.Database.ExecuteAsync("INSERT INTO users (user_id, deleted_at) VALUES ($1, now())", deleted);

        Assert.Equal(401, (await world.SendAsync(HttpMethod.Get, path, token: null)).Status);
        Assert.Equal("not_host", (await world.SendAsync(HttpMethod.Get, path, ApiWorld.Token(Guid.NewGuid()))).Code);
        Assert.Equal("user_deleted", (await world.SendAsync(HttpMethod.Get, path, ApiWorld.Token(deleted))).Code);
        Assert.Equal("activity_not_found", (await world.SendAsync(HttpMethod.Get, $"/api/activities/{Guid.NewGuid()}/analytics/rsvps", ApiWorld.Token(log.Host))).Code);
        Assert.Equal(200, (await world.SendAsync(HttpMethod.Get, path, ApiWorld.Token(Guid.NewGuid(), role: "admin"))).Status);
    }

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    // All but the moment of asking.
    private static string Figures(JsonElement document) => string.Join(
        '\n', document.EnumerateObject().Where(member => member.Name is not ("asOf" or "demographics")).Select(member => member.Value.GetRawText()));

    private async Task<JsonElement> ReadPaperWorldAsync() => await ReadAsync(await PaperWorld.WriteAsync(world.Database));

    private async Task<JsonElement> ReadAsync(HandWrittenLog log)
    {
        var answer = await world.SendAsync(HttpMethod.Get, $"/api/activities/{log.Activity}/analytics/rsvps", ApiWorld.Token(log.Host));
        Assert.True(answer.Status == 200, Encoding.UTF8.GetString(answer.Body));
        return answer.Json;
    }
}
