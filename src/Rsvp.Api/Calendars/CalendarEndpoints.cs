using Rsvp.Api.Callers;
using Rsvp.Api.Documentation;
using Rsvp.Api.Json;
using Rsvp.Api.Problems;
using Rsvp.Api.Rsvps;
using Rsvp.Hosting.Auth;
using Rsvp.Hosting.Problems;
using Rsvp.Hosting.Telemetry;

namespace Rsvp.Api.Calendars;

/// <summary>Places in people's own calendars: one as a file, all of them as a feed at a private address.</summary>
internal static class CalendarEndpoints
{
    internal static void AddCalendars(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CalendarReads>();
        builder.Services.AddSingleton<CalendarFeeds>();
    }

    internal static void MapCalendars(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api").WithTags("Calendars");
        group.MapGet("/rsvps/{rsvpId:guid}/calendar", GetFileAsync).WithName("getRsvpCalendar").WithSummary("An RSVP as a calendar file")
            .WithDescription("For its owner and the hosts. `TENTATIVE` while it waits or is offered a seat, `CANCELLED` when it or the activity ended; a file that was opened later replaces the earlier one.")
            .Produces<string>(StatusCodes.Status200OK, CalendarResult.ContentType)
            .WithMetadata(new RefusalMetadata([ProblemCodes.RsvpNotFound]));
        group.MapGet("/users/me/calendar", GetAsync).WithName("getCalendar").WithSummary("Whether my calendar has an address")
            .Answers<CalendarDocument>();
        group.MapPost("/users/me/calendar", CreateAsync).WithName("createCalendar").WithSummary("Make a private address of my calendar; only this answer has it")
            .WithDescription("It ends the address before. Whoever has it can read my RSVPs, and nothing else.")
            .Produces<CalendarDocument>(StatusCodes.Status201Created);
        group.MapDelete("/users/me/calendar", DeleteAsync).WithName("deleteCalendar").WithSummary("End the address of my calendar")
            .Produces(StatusCodes.Status204NoContent);
        group.MapGet("/calendars/{secret}.ics", GetFeedAsync).WithName("getCalendarFeed").WithSummary("A calendar, by its private address")
            .WithDescription("Needs no token. RSVPs from a month ago on; those that ended are `CANCELLED`.")
            .AllowAnonymous()
            .Produces<string>(StatusCodes.Status200OK, CalendarResult.ContentType)
            .WithMetadata(new RefusalMetadata([ProblemCodes.NotFound]), new SecretPathMetadata());
    }

    private static async Task<IResult> GetFileAsync(Guid rsvpId, HttpContext http, RsvpAccess access, DeletedUsers deleted, CalendarReads calendars, CancellationToken cancellationToken)
    {
        var caller = http.User.ToCaller();
        if (await access.FindAsync(rsvpId, caller, cancellationToken) is { Refusal: { } refusal })
        {
            return refusal;
        }

        if (await deleted.ContainAsync(caller.UserId, cancellationToken))
        {
            return new ProblemResult(ProblemCodes.UserDeleted);
        }

        return await calendars.FindAsync(rsvpId, cancellationToken) is { } entry
            ? CalendarResult.Of(CalendarWriter.Write([entry], isFeed: false))
            : new ProblemResult(ProblemCodes.RsvpNotFound);
    }

    private static async Task<IResult> GetAsync(HttpContext http, CalendarFeeds feeds, CancellationToken cancellationToken) =>
        Answer(await feeds.ReadAsync(http.User.UserId(), cancellationToken), StatusCodes.Status200OK);

    private static async Task<IResult> CreateAsync(HttpContext http, CalendarFeeds feeds, CancellationToken cancellationToken) =>
        Answer(await feeds.CreateAsync(http.User.ToCaller(), cancellationToken), StatusCodes.Status201Created);

    private static async Task<IResult> DeleteAsync(HttpContext http, CalendarFeeds feeds, DeletedUsers deleted, CancellationToken cancellationToken)
    {
        var userId = http.User.UserId();
        if (await deleted.ContainAsync(userId, cancellationToken))
        {
            return new ProblemResult(ProblemCodes.UserDeleted);
        }

        await feeds.DeleteAsync(userId, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> GetFeedAsync(string secret, CalendarReads calendars, CancellationToken cancellationToken) =>
        CalendarFeeds.HashOf(secret) is { } hash && await calendars.ListAsync(hash, cancellationToken) is { } entries
            ? CalendarResult.Of(CalendarWriter.Write(entries, isFeed: true))
            : new ProblemResult(ProblemCodes.NotFound);

    private static IResult Answer(CalendarDocument? calendar, int status) => calendar is null
        ? new ProblemResult(ProblemCodes.UserDeleted)
        : new DocumentResult<CalendarDocument>(calendar, ApiJson.Default.CalendarDocument) { Status = status };
}
