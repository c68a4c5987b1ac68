using Rsvp.Api.Activities;
using Rsvp.Api.Bodies;
using Rsvp.Api.Documentation;
using Rsvp.Api.Hosts;
using Rsvp.Api.Requests;
using Rsvp.Api.Rsvps;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.CheckIns;

/// <summary>What hosts do at the door.</summary>
internal static class CheckInEndpoints
{
    internal static void MapCheckIns(this IEndpointRouteBuilder routes)
    {
        var rsvp = routes.MapGroup("/api/rsvps/{rsvpId:guid}/check-in").WithTags("Hosts");
        rsvp.MapPost("", CheckInAsync).WithName("checkIn").WithSummary("A party has come")
            .WithDescription("By whole party. A second scan is refused and says when and by whom the first was.")
            .AnswersCommand(
            ProblemCodes.RsvpNotFound, ProblemCodes.NotHost, ProblemCodes.NotConfirmed, ProblemCodes.AlreadyCheckedIn);
        rsvp.MapDelete("", UndoAsync).WithName("undoCheckIn").WithSummary("Take a check-in back")
            .WithDescription("The party is confirmed as before.")
            .AnswersCommand(
            ProblemCodes.RsvpNotFound, ProblemCodes.NotHost, ProblemCodes.NotCheckedIn);

        var activity = routes.MapGroup("/api/activities/{activityId:guid}").WithTags("Hosts");
        activity.MapPost("/walk-ins", WalkInAsync).WithName("walkIn").WithSummary("Somebody came without asking: confirmed and checked in at once")
            .WithDescription("Only if there is room and nobody waits.")
            .WithBodyExample("""{ "userId": "22222222-2222-4222-8222-222222222222", "guestCount": 1 }""").Creates()
            .AnswersCommand(
            ProblemCodes.ActivityNotFound,
            ProblemCodes.NotHost,
            ProblemCodes.ActivityCancelled,
            ProblemCodes.UserNotFound,
            ProblemCodes.AlreadyRegistered,
            ProblemCodes.PartyTooLarge,
            ProblemCodes.NoRoom);
        activity.MapPost("/release-no-shows", ReleaseAsync).WithName("releaseNoShows").WithSummary("After the start, give away the seats of those who have not come")
            .WithDescription("Cancels confirmed parties that are not checked in and lets in whoever is next, whatever the cut-off.")
            .AnswersCommand(
            ProblemCodes.ActivityNotFound, ProblemCodes.NotHost, ProblemCodes.ActivityCancelled, ProblemCodes.NotStarted);
    }

    private static Task<IResult> CheckInAsync(
        Guid rsvpId, CommandRequest<NoBody> request, RsvpAccess access, CommandIntake intake, CancellationToken cancellationToken) =>
        access.AsHostAsync(
            rsvpId,
            request,
            rsvp => intake.TakeAsync(request, rsvp.ToCommand(request, CommandNames.CheckIn) with { CheckIn = new CheckIn() }, cancellationToken),
            cancellationToken);

    private static Task<IResult> UndoAsync(
        Guid rsvpId, CommandRequest<NoBody> request, RsvpAccess access, CommandIntake intake, CancellationToken cancellationToken) =>
        access.AsHostAsync(
            rsvpId,
            request,
            rsvp => intake.TakeAsync(request, rsvp.ToCommand(request, CommandNames.UndoCheckIn) with { UndoCheckIn = new UndoCheckIn() }, cancellationToken),
            cancellationToken);

    private static Task<IResult> WalkInAsync(
        Guid activityId, CommandRequest<WalkInBody> request, HostGate hosts, CancellationToken cancellationToken) =>
        hosts.TakeAsync(
            request, request.ToCommand(CommandNames.WalkIn, activityId) with { WalkIn = request.Body.Message }, cancellationToken);

    private static Task<IResult> ReleaseAsync(
        Guid activityId, CommandRequest<NoBody> request, HostGate hosts, CancellationToken cancellationToken) =>
        hosts.TakeAsync(
            request, request.ToCommand(CommandNames.ReleaseNoShows, activityId) with { ReleaseNoShows = new ReleaseNoShows() }, cancellationToken);
}
