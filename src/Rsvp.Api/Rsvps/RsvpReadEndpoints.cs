using Rsvp.Api.Activities;
using Rsvp.Api.Callers;
using Rsvp.Api.Documentation;
using Rsvp.Api.Json;
using Rsvp.Api.Paging;
using Rsvp.Api.Problems;
using Rsvp.Api.Requests;
using Rsvp.Contracts;
using Rsvp.Hosting.Auth;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Rsvps;

/// <summary>One's own RSVP, and RSVPs by id for their owners and hosts.</summary>
internal static class RsvpReadEndpoints
{
    internal static void MapRsvpReads(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/activities/{activityId:guid}/rsvp", GetOwnAsync)
            .WithTags("RSVPs")
            .WithName("getOwnRsvp")
            .WithSummary("My RSVP to an activity")
            .WithDescription("The cancelled one after a cancel.")
            .GivesETag()
            .Answers<RsvpDocument>(ProblemCodes.ActivityNotFound, ProblemCodes.RsvpNotFound);
        var group = routes.MapGroup("/api/rsvps/{rsvpId:guid}").WithTags("RSVPs");
        group.MapGet("", GetAsync).WithName("getRsvp").WithSummary("An RSVP, for its owner and the hosts")
            .WithDescription("For everybody else there is no such RSVP.")
            .GivesETag()
            .Answers<RsvpDocument>(ProblemCodes.RsvpNotFound);
        group.MapGet("/position", GetPositionAsync).WithName("getRsvpPosition").WithSummary("Where it stands in line")
            .WithDescription("`position` and `partiesAhead` count places, `spotsAhead` counts people; null when it does not wait.")
            .Answers<PositionDocument>(ProblemCodes.RsvpNotFound);
        group.MapGet("/history", GetHistoryAsync)
            .WithName("getRsvpHistory")
            .WithSummary("Every decision about it, and who was let in while it waited (no names)")
            .WithDescription("Oldest first; each says when, by whom and by which rule it was decided, and how many seats were free.")
            .Answers<Page<RsvpHistoryEntry>>(ProblemCodes.RsvpNotFound);
    }

    private static async Task<IResult> GetOwnAsync(
        Guid activityId, HttpContext http, DeletedUsers deleted, RsvpReads rsvps, ActivityReads activities, CancellationToken cancellationToken)
    {
        var userId = http.User.UserId();
        if (await rsvps.FindOwnAsync(activityId, userId, cancellationToken) is { } own)
        {
            return Answer(own);
        }

        if (await deleted.ContainAsync(userId, cancellationToken))
        {
            return new ProblemResult(ProblemCodes.UserDeleted);
        }

        var exists = await activities.FindCapacityAsync(activityId, cancellationToken) is not null;
        return new ProblemResult(exists ? ProblemCodes.RsvpNotFound : ProblemCodes.ActivityNotFound);
    }

    private static async Task<IResult> GetAsync(Guid rsvpId, HttpContext http, RsvpAccess access, RsvpReads rsvps, CancellationToken cancellationToken)
    {
        var caller = http.User.ToCaller();
        if (await access.FindAsync(rsvpId, caller, cancellationToken) is { Refusal: { } refusal })
        {
            return refusal;
        }

        return await rsvps.FindAsync(rsvpId, caller.UserId, cancellationToken) is { } found ? Answer(found) : new ProblemResult(ProblemCodes.RsvpNotFound);
    }

    private static async Task<IResult> GetPositionAsync(
        Guid rsvpId, HttpContext http, RsvpAccess access, RsvpReads rsvps, CancellationToken cancellationToken)
    {
        var caller = http.User.ToCaller();
        if (await access.FindAsync(rsvpId, caller, cancellationToken) is { Refusal: { } refusal })
        {
            return refusal;
        }

        return await rsvps.FindPositionAsync(rsvpId, caller.UserId, cancellationToken) switch
        {
            null => new ProblemResult(ProblemCodes.RsvpNotFound),
            { CallerDeleted: true } => new ProblemResult(ProblemCodes.UserDeleted),
            { Document: var position } => new DocumentResult<PositionDocument>(position, ApiJson.Default.PositionDocument),
        };
    }

    private static async Task<IResult> GetHistoryAsync(
        Guid rsvpId, PageRequest page, HttpContext http, RsvpAccess access, RsvpReads rsvps, RsvpHistory history, CancellationToken cancellationToken)
    {
        var caller = http.User.ToCaller();
        if (await access.FindAsync(rsvpId, caller, cancellationToken) is { Refusal: { } refusal })
        {
            return refusal;
        }

        if (await rsvps.FindAsync(rsvpId, caller.UserId, cancellationToken) is not { CallerDeleted: false })
        {
            return new ProblemResult(ProblemCodes.UserDeleted);
        }

        var rows = await history.ListAsync(rsvpId, Cursor.Read(page.Cursor), page.Limit, cancellationToken);
        var list = Page.Of(rows, page.Limit, last => Cursor.After(last.Seq));
        return new DocumentResult<Page<RsvpHistoryEntry>>(list, ApiJson.Default.PageRsvpHistoryEntry);
    }

    private static IResult Answer(Seen<RsvpDocument> seen) => seen.CallerDeleted
        ? new ProblemResult(ProblemCodes.UserDeleted)
        : new DocumentResult<RsvpDocument>(seen.Document, ApiJson.Default.RsvpDocument) { ETag = EntityTags.Of(seen.Document.Version) };
}
