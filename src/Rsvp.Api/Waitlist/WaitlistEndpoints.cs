using Rsvp.Api.Activities;
using Rsvp.Api.Callers;
using Rsvp.Api.Documentation;
using Rsvp.Api.Json;
using Rsvp.Api.Paging;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Waitlist;

/// <summary>The line: its length and one's own place for anybody, the entries for hosts.</summary>
internal static class WaitlistEndpoints
{
    internal static void AddWaitlist(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<WaitlistReads>();

    internal static void MapWaitlist(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/activities/{activityId:guid}/waitlist", GetAsync)
            .WithTags("Waitlist")
            .WithName("getWaitlist")
            .WithSummary("The line and my place in it; for hosts who waits, too")
            .WithDescription("`length` and positions count places in line: a party, or a waiting all-or-nothing group. `items` are there for hosts only.")
            .Answers<WaitlistDocument>(ProblemCodes.ActivityNotFound);

    private static async Task<IResult> GetAsync(
        Guid activityId, PageRequest page, HttpContext http, WaitlistReads waitlist, HostGate hosts, CancellationToken cancellationToken)
    {
        var cursor = Cursor.Read(page.Cursor);
        var caller = http.User.ToCaller();
        var line = await waitlist.FindAsync(activityId, caller.UserId, cancellationToken);
        if (line is null or { CallerDeleted: true })
        {
            return new ProblemResult(line is null ? ProblemCodes.ActivityNotFound : ProblemCodes.UserDeleted);
        }

        if (await hosts.StandingAsync(activityId, caller, cancellationToken) is { IsHost: true })
        {
            var rows = await waitlist.ListAsync(activityId, cursor, page.Limit, cancellationToken);
            var entries = Page.Of(rows, page.Limit, last => new Cursor(last.LineKey, last.PlaceId, last.RsvpId));
            line = line with { Items = entries.Items, NextCursor = entries.NextCursor };
        }

        return new DocumentResult<WaitlistDocument>(line, ApiJson.Default.WaitlistDocument);
    }
}
