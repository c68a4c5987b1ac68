using Rsvp.Api.Documentation;
using Rsvp.Api.Json;
using Rsvp.Api.Paging;
using Rsvp.Api.Problems;
using Rsvp.Api.Views;
using Rsvp.Contracts;
using Rsvp.Hosting.Auth;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Activities;

/// <summary>What anybody may see of activities, without a token too.</summary>
internal static class ActivityReadEndpoints
{
    internal static RouteGroupBuilder MapActivityReads(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/activities").WithTags("Activities").AllowAnonymous();
        group.MapGet("", ListAsync).WithName("getActivities").WithSummary("Activities to come that were not called off, the soonest first")
            .WithDescription("Needs no token.")
            .Answers<Page<ActivityDocument>>();
        group.MapGet("/{activityId:guid}", GetAsync).WithName("getActivity").WithSummary("Settings and live counts")
            .WithDescription("Needs no token.")
            .Answers<ActivityDocument>(ProblemCodes.ActivityNotFound);
        group.MapGet("/{activityId:guid}/capacity", GetCapacityAsync).WithName("getActivityCapacity").WithSummary("Live counts")
            .WithDescription("Needs no token. By an upgrade to a WebSocket, which needs one, it sends `{ type: capacity_update, data, timestamp }` with every change, a snapshot first.")
            .Answers<CapacityDocument>(ProblemCodes.ActivityNotFound)
            .AnswersSocketToo();
        return group;
    }

    private static async Task<IResult> ListAsync(PageRequest page, ActivityReads activities, CancellationToken cancellationToken)
    {
        var rows = await activities.ListUpcomingAsync(Cursor.Read(page.Cursor), page.Limit, cancellationToken);
        var list = Page.Of(rows, page.Limit, last => Cursor.After(last.StartsAt, last.Id));
        return new DocumentResult<Page<ActivityDocument>>(list, ApiJson.Default.PageActivityDocument);
    }

    private static async Task<IResult> GetAsync(
        Guid activityId, HttpContext http, ActivityReads activities, ViewCounter views, CancellationToken cancellationToken)
    {
        if (await activities.FindAsync(activityId, cancellationToken) is not { } activity)
        {
            return new ProblemResult(ProblemCodes.ActivityNotFound);
        }

        if (http.User.Identity is { IsAuthenticated: true })
        {
            views.Note(activityId, http.User.UserId());
        }

        return new DocumentResult<ActivityDocument>(activity, ApiJson.Default.ActivityDocument);
    }

    private static async Task<IResult> GetCapacityAsync(Guid activityId, ActivityReads activities, CancellationToken cancellationToken) =>
        await activities.FindCapacityAsync(activityId, cancellationToken) is { } capacity
            ? new DocumentResult<CapacityDocument>(capacity, ApiJson.Default.CapacityDocument)
            : new ProblemResult(ProblemCodes.ActivityNotFound);
}
