using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Tour;

/// <summary>Runs the requests of docs/api.md, and looks for the answers that its text promises, in that order.</summary>
[Collection(SystemCollection.Name)]
public sealed class ApiGuideTests(SystemFixture system)
{
    private static readonly string[] Promised =
    [
        // Attend.
        "\"title\":\"Chess night\"",
        "\"command\":\"submit_rsvp\",\"status\":\"completed\"",
        "\"status\":\"pending\"",
        "\"command\":\"submit_rsvp\",\"status\":\"completed\"",
        "\"specialRequirements\":\"vegetarian\"",
        "\"code\":\"version_mismatch\"",
        "\"command\":\"cancel_rsvp\",\"status\":\"completed\"",
        "\"nextCursor\":",

        // Bring friends.
        "\"partySize\":2",
        "\"name\":\"Cleo\"",
        "\"command\":\"register_group\",\"status\":\"completed\"",
        "\"command\":\"cancel_group\",\"status\":\"completed\"",

        // Wait, and answer an offer.
        "\"position\":1",
        "\"status\":\"offered\"",
        "\"command\":\"accept_offer\",\"status\":\"completed\"",
        "\"action\":\"offered\"",
        "\"code\":\"activity_full\"",

        // Host.
        "\"command\":\"update_activity\",\"status\":\"completed\"",
        "\"name\":\"Ada\"",
        "\"command\":\"bulk_waitlist\",\"status\":\"completed\"",
        "\"command\":\"promote_waitlist\",\"status\":\"completed\"",
        "\"checkedIn\":true",
        "\"code\":\"already_checked_in\"",
        "\"code\":\"not_started\"",
        "id,activityId,userId,name,status",
        "\"command\":\"cancel_activity\",\"status\":\"completed\"",

        // Watch, in a calendar, and lists.
        "(Chess night)",
        "\"type\":\"capacity_update\"",
        "STATUS:CONFIRMED",
        "X-WR-CALNAME",
        "\"nextCursor\":",
    ];

    [Fact]
    public async Task The_requests_of_the_guide_are_answered_as_it_says()
    {
        var output = await PageRun.RunAsync(system, "docs/api.md");

        var from = 0;
        foreach (var promised in Promised)
        {
            var at = output.IndexOf(promised, from, StringComparison.Ordinal);
            Assert.True(at >= 0, $"There is no {promised} after the first {from} characters of:\n{output}");
            from = at + promised.Length;
        }

        await system.AssertAuditIsCleanAsync();
    }
}
