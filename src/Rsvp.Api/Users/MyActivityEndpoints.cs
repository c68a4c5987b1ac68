using Rsvp.Api.Activities;
using Rsvp.Api.Callers;
using Rsvp.Api.Documentation;
using Rsvp.Api.Json;
using Rsvp.Api.Paging;
using Rsvp.Api.Problems;
using Rsvp.Contracts;
using Rsvp.Hosting.Auth;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Users;

/// <summary>The list of what one hosts.</summary>
internal static class MyActivityEndpoints
{
    internal static void MapMyActivities(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/users/my-activities", ListAsync)
            .WithTags("Users")
            .WithName("getMyActivities")
            .WithSummary("Activities that I host")
            .WithDescription("The latest start first; what has passed and what was called off, too.")
            .Answers<Page<ActivityDocument>>();

    private static async Task<IResult> ListAsync(
        PageRequest page, HttpContext http, DeletedUsers deleted, ActivityReads activities, CancellationToken cancellationToken)
    {
        var userId = http.User.UserId();
        if (await deleted.ContainAsync(userId, cancellationToken))
        {
            return new ProblemResult(ProblemCodes.UserDeleted);
        }

        var rows = await activities.ListHostedAsync(userId, Cursor.Read(page.Cursor), page.Limit, cancellationToken);
        var list = Page.Of(rows, page.Limit, last => Cursor.After(last.StartsAt, last.Id));
        return new DocumentResult<Page<ActivityDocument>>(list, ApiJson.Default.PageActivityDocument);
    }
}
