using Rsvp.Api.Activities;
using Rsvp.Api.Callers;
using Rsvp.Api.Documentation;
using Rsvp.Api.Json;
using Rsvp.Api.Paging;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Rsvps;

/// <summary>What was decided in an activity and why, for its hosts.</summary>
internal static class ActivityHistoryEndpoints
{
    internal static void MapActivityHistory(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/activities/{activityId:guid}/history", ListAsync)
            .WithTags("Hosts")
            .WithSummary("The decision log, the oldest first")
            .Answers<Page<RsvpHistoryEntry>>(ProblemCodes.ActivityNotFound, ProblemCodes.NotHost);

    private static async Task<IResult> ListAsync(
        Guid activityId, PageRequest page, HttpContext http, HostGate hosts, ActivityHistory history, CancellationToken cancellationToken)
    {
        var after = Cursor.Read(page.Cursor);
        if (await hosts.RefuseAsync(activityId, http.User.ToCaller(), cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var rows = await history.ListAsync(activityId, after, page.Limit, cancellationToken);
        var list = Page.Of(rows, page.Limit, last => Cursor.After(last.Seq));
        return new DocumentResult<Page<RsvpHistoryEntry>>(list, ApiJson.Default.PageRsvpHistoryEntry);
    }
}
