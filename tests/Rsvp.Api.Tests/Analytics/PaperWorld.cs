using Rsvp.Testing;

namespace Rsvp.Api.Tests.Analytics;

/// <summary>A week of one activity with every kind of row. The comments follow it on paper: free seats → people in line → usable seats (the smaller of both).</summary>
internal static class PaperWorld
{
    internal static async Task<HandWrittenLog> WriteAsync(TestDatabase database)
    {
        var log = new HandWrittenLog(database, startsAt: "2024-03-15T18:00:00Z"); // A Friday; the eleventh is its Monday.
        var a = await log.PersonAsync(2, birthYear: 1990, city: "Oslo", name: "A");
        var b = await log.PersonAsync(3);
        var c = await log.PersonAsync(2);
        var d = await log.PersonAsync(1);
        var e = await log.PersonAsync(4);
        var f = await log.PersonAsync(1);
        var group = Guid.NewGuid().ToString();
        var g = await log.PersonAsync(1, group);
        var h = await log.PersonAsync(1, group, birthYear: 1991, city: " oslo");
        var i = await log.PersonAsync(3);
        var j = await log.PersonAsync(1, city: "Oslo");
        var k = await log.PersonAsync(1, birthYear: 2010, city: "OSLO");
        var l = await log.PersonAsync(2);
        var m = await log.PersonAsync(1, birthYear: 1990, city: "Oslo");
        var n = await log.PersonAsync(4);
        var o = await log.PersonAsync(11);

        await log.OpenAsync("2024-03-11T09:00:00Z", capacity: 6);
        await log.AsideAsync("2024-03-11T09:05:00Z", "host_added");
        await log.StepAsync("2024-03-11T09:10:00Z", a, "confirmed", "seat_free", "confirmed");                             // 4 → 0 → 0
        await log.StepAsync("2024-03-11T09:20:00Z", b, "confirmed", "seat_free", "confirmed");                             // 1 → 0 → 0
        await log.StepAsync("2024-03-11T09:30:00Z", c, "waitlisted", "no_room", "waitlisted");                             // 1 → 2 → 1: opening 1
        await log.RefuseAsync("2024-03-11T09:40:00Z", c, "already_registered");
        await log.StepAsync("2024-03-11T09:50:00Z", d, "waitlisted", "line_ahead", "waitlisted");                          // 1 → 3 → 1
        await log.StepAsync("2024-03-11T09:50:10Z", d, "promoted", "pass", "confirmed", overtook: 1, actor: "system");     // 0 → 2 → 0: 10 s since it joined; 1 seat was empty for 1,210 s
        await log.RefuseAsync("2024-03-11T10:00:00Z", e, "waitlist_full");
        await log.StepAsync("2024-03-11T10:00:00Z", f, "waitlisted", "line_ahead", "waitlisted");                          // 0 → 3 → 0
        await log.StepAsync("2024-03-11T10:05:00Z", g, "waitlisted", "line_ahead", "waitlisted");
        await log.StepAsync("2024-03-11T10:05:00Z", h, "waitlisted", "line_ahead", "waitlisted");                          // 0 → 5 → 0
        await log.StepAsync("2024-03-11T10:10:00Z", f, "moved_to_back", "growth_to_back", "waitlisted", size: 2);          // 0 → 6 → 0
        await log.StepAsync("2024-03-11T10:15:00Z", c, "updated", "shrink", "waitlisted", size: 1);                        // 0 → 5 → 0
        await log.RefuseAsync("2024-03-11T10:20:00Z", o, "party_too_large");
        await log.SettingsAsync("2024-03-11T10:30:00Z", "settings_changed", capacity: 7);                                  // 1 → 5 → 1: opening 2
        await log.StepAsync("2024-03-11T10:30:05Z", c, "offered", "pass", "offered", overtook: 0, actor: "system");        // 0 → 4 → 0: 5 s; 1 seat for 5 s
        await log.AsideAsync("2024-03-11T11:15:00Z", c, "reminded");
        await log.StepAsync("2024-03-11T11:30:05Z", c, "accepted", "answer", "confirmed");                                 // accepted after 3,600 s
        await log.StepAsync("2024-03-11T11:40:00Z", b, "cancelled", "cancel", "cancelled");                                // 3 → 4 → 3: openings 3 to 5
        await log.StepAsync("2024-03-11T11:40:20Z", g, "offered", "pass", "offered", overtook: 0, actor: "system");
        await log.StepAsync("2024-03-11T11:40:20Z", h, "offered", "pass", "offered", overtook: 0, actor: "system");        // 1 → 2 → 1: 20 s for 2 people; 3 seats for 20 s
        await log.StepAsync("2024-03-11T11:50:00Z", g, "declined", "answer", "cancelled");                                 // 2 → 2 → 2: opening 6; 1 seat for 580 s
        await log.StepAsync("2024-03-11T11:50:30Z", f, "offered", "pass", "offered", overtook: 0, actor: "system");        // 0 → 0 → 0: 30 s for 2 people, by opening 6; 2 seats for 30 s
        await log.StepAsync("2024-03-11T12:50:30Z", f, "offer_expired", "offer_ends", "cancelled", actor: "system");       // 2 → 0 → 0
        await log.StepAsync("2024-03-11T12:51:00Z", h, "accepted", "answer", "confirmed");                                 // accepted after 4,240 s
        await log.StepAsync("2024-03-11T12:55:00Z", m, "confirmed", "walk_in", "confirmed", actor: "host");                // 1 → 0 → 0
        await log.StepAsync("2024-03-11T13:00:00Z", i, "waitlisted", "no_room", "waitlisted");                             // 1 → 3 → 1: opening 7
        await log.StepAsync("2024-03-11T13:00:00Z", j, "waitlisted", "line_ahead", "waitlisted");                          // 1 → 4 → 1
        await log.SettingsAsync("2024-03-11T13:10:00Z", "settings_changed", capacity: 7);
        await log.StepAsync("2024-03-11T13:30:00Z", j, "promoted", "host", "confirmed", actor: "host");                    // 0 → 3 → 0: 1,800 s; 1 seat for 1,800 s
        await log.StepAsync("2024-03-11T13:45:00Z", i, "promoted", "host_override", "confirmed", actor: "host");           // 0 → 0 → 0: no seat was free, no wait to measure
        await log.StepAsync("2024-03-11T14:00:00Z", k, "waitlisted", "no_room", "waitlisted");                             // 0 → 1 → 0
        await log.AsideAsync("2024-03-11T14:05:00Z", k, "moved");
        await log.StepAsync("2024-03-11T14:10:00Z", l, "waitlisted", "line_ahead", "waitlisted");                          // 0 → 3 → 0
        await log.StepAsync("2024-03-11T14:20:00Z", l, "removed", "host", "cancelled", actor: "host");                     // 0 → 1 → 0
        await log.StepAsync("2024-03-15T12:00:00Z", n, "waitlisted", "line_ahead", "waitlisted");                          // 0 → 5 → 0
        await log.StepAsync("2024-03-15T17:30:00Z", a, "checked_in", "host", "confirmed", actor: "host");

        // From here on it has started: seats that are empty now are not lost to the line.
        await log.StepAsync("2024-03-15T18:05:00Z", d, "checked_in", "host", "confirmed", actor: "host");
        await log.StepAsync("2024-03-15T18:06:00Z", d, "check_in_undone", "host", "confirmed", actor: "host");
        await log.StepAsync("2024-03-15T18:10:00Z", c, "released", "no_show", "cancelled", actor: "host");                 // 0 → 5 → 0: beyond the capacity still
        await log.StepAsync("2024-03-15T18:20:00Z", i, "cancelled", "cancel", "cancelled");                                // 1 → 5 → 1: opening 8
        await log.StepAsync("2024-03-15T18:20:40Z", k, "promoted", "host", "confirmed", actor: "host");                    // 0 → 4 → 0: 40 s
        await log.StepAsync("2024-03-15T18:30:00Z", d, "cancelled", "cancel", "cancelled");                                // 1 → 4 → 1: opening 9, never filled
        await log.EndAsync();

        await log.AttendsElsewhereAsync(a, "2024-03-01T18:00:00Z");
        await log.AttendsElsewhereAsync(j, "2024-02-01T18:00:00Z");
        await log.AttendsElsewhereAsync(k, "2024-04-01T18:00:00Z"); // Later: no returning attendee.
        await log.AttendsElsewhereAsync(b, "2024-02-01T18:00:00Z"); // Not confirmed here.
        await database.ExecuteAsync(
            "INSERT INTO activity_views SELECT $1, day::date, gen_random_uuid() FROM generate_series(timestamp '2024-03-11', '2024-03-13', '1 day') AS day", log.Activity);
        return log;
    }
}
