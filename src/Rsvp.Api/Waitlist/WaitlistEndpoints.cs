using Rsvp.Api.Activities;
using Rsvp.Api.Callers;
using Rsvp.Api.Json;
using Rsvp.Api.Paging;
using Rsvp.Api.Problems;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Waitlist;

/// <summary>The line: its length and one's own place for anybody, the entries for hosts.</summary>
internal static class WaitlistEndpoints
{
    internal static void AddWaitlist(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<WaitlistReads>();

    internal static void MapWaitlist(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/activities/{activityId:guid}/waitlist", GetAsync).WithTags("Waitlist").WithSummary("The line and my place in it");

    private static async Task<IResult> GetAsync(
        Guid activityId, PageRequest page, HttpContext http, WaitlistReads waitlist, HostGate hosts, CancellationToken cancellationToken)
    {
        var cursor = Cursor.Read(page.Cursor);
        var caller = http.User.ToCaller();
        var summary = await waitlist.FindAsync(activityId, caller.UserId, cancellationToken);
        if (summary is null or { CallerDeleted: true })
        {
            return new ProblemResult(summary is null ? ProblemCodes.ActivityNotFound : ProblemCodes.UserDeleted);
        }

        return new WaitlistResult(summary, await EntriesAsync(activityId, caller, cursor, page.Limit, waitlist, hosts, cancellationToken));
    }

    private static async Task<PageResult<WaitlistEntry>?> EntriesAsync(
        Guid activityId, Caller caller, Cursor cursor, int limit, WaitlistReads waitlist, HostGate hosts, CancellationToken cancellationToken)
    {
        if (await hosts.StandingAsync(activityId, caller, cancellationToken) is not { IsHost: true })
        {
            return null;
        }

        var rows = await waitlist.ListAsync(activityId, cursor, limit, cancellationToken);
        return PageResult<WaitlistEntry>.Of(rows, limit, last => new Cursor(last.LineKey, last.PlaceId, last.RsvpId), ApiJson.Default.WaitlistEntry);
    }
}
