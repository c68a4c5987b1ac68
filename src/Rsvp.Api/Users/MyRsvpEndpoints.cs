using Rsvp.Api.Callers;
using Rsvp.Api.Documentation;
using Rsvp.Api.Json;
using Rsvp.Api.Paging;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Auth;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Users;

/// <summary>The list of one's own RSVPs.</summary>
internal static class MyRsvpEndpoints
{
    internal static void MapMyRsvps(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/users/my-rsvps", ListAsync)
            .WithTags("Users")
            .WithName("getMyRsvps")
            .WithSummary("My RSVPs, with their activities")
            .WithDescription("By the start of their activities.")
            .Answers<Page<MyRsvp>>(ProblemCodes.InvalidRequest);

    private static async Task<IResult> ListAsync(
        string? status, string? when, PageRequest page, HttpContext http, DeletedUsers deleted, MyRsvpReads rsvps, CancellationToken cancellationToken)
    {
        if (status is not (null or "confirmed" or "waitlisted" or "offered" or "cancelled"))
        {
            throw ProblemException.Invalid("status", "Must be one of: confirmed, waitlisted, offered, cancelled.");
        }

        if (when is not (null or "upcoming" or "past"))
        {
            throw ProblemException.Invalid("when", "Must be one of: upcoming, past.");
        }

        var userId = http.User.UserId();
        if (await deleted.ContainAsync(userId, cancellationToken))
        {
            return new ProblemResult(ProblemCodes.UserDeleted);
        }

        bool? past = when is null ? null : when == "past";
        var rows = await rsvps.ListAsync(userId, status, past, Cursor.Read(page.Cursor), page.Limit, cancellationToken);
        var list = Page.Of(rows, page.Limit, last => Cursor.After(last.Activity!.StartsAt, last.Id));
        return new DocumentResult<Page<MyRsvp>>(list, ApiJson.Default.PageMyRsvp);
    }
}
