using Rsvp.Api.Bodies;
using Rsvp.Api.Documentation;
using Rsvp.Api.Problems;
using Rsvp.Api.Requests;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Rsvps;

/// <summary>What a person does about their own RSVP to an activity.</summary>
internal static class RsvpCommandEndpoints
{
    internal static RouteGroupBuilder MapRsvpCommands(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/activities/{activityId:guid}/rsvp").WithTags("RSVPs");
        group.MapPost("", SubmitAsync).WithName("submitRsvp").WithSummary("Ask for a place")
            .WithDescription("Confirmed when the party fits and nobody waits, else in line, unless `ifFull` says `reject`. After a cancel it is the same RSVP, at the back of the line.")
            .WithBodyExample("""{ "guestCount": 1, "specialRequirements": "vegetarian" }""").Creates()
            .AnswersCommand(
            ProblemCodes.ActivityNotFound,
            ProblemCodes.AlreadyRegistered,
            ProblemCodes.RegistrationNotOpen,
            ProblemCodes.RegistrationClosed,
            ProblemCodes.ActivityCancelled,
            ProblemCodes.ActivityFull,
            ProblemCodes.WaitlistFull,
            ProblemCodes.PartyTooLarge);
        group.MapPut("", UpdateAsync).WithName("updateRsvp").WithSummary("Change guests or requirements")
            .WithDescription("What is absent stays, null clears. A confirmed party cannot grow while anyone waits; a waiting party that grows goes to the back; a smaller party frees its seats at once.")
            .WithBodyExample("""{ "guestCount": 0 }""")
            .TakesIfMatch().AnswersCommand(
                ProblemCodes.ActivityNotFound,
                ProblemCodes.RsvpNotFound,
                ProblemCodes.NotEnoughCapacity,
                ProblemCodes.RegistrationNotOpen,
                ProblemCodes.RegistrationClosed,
                ProblemCodes.ActivityCancelled,
                ProblemCodes.PartyTooLarge,
                ProblemCodes.VersionMismatch);
        group.MapDelete("", CancelAsync).WithName("cancelRsvp").WithSummary("Give the place back")
            .WithDescription("The seats go to whoever is next in line. What is cancelled already stays cancelled and succeeds.")
            .TakesIfMatch().AnswersCommand(
                ProblemCodes.ActivityNotFound,
                ProblemCodes.RsvpNotFound,
                ProblemCodes.VersionMismatch);
        routes.MapDelete("/api/rsvps/{rsvpId:guid}", RemoveAsync).WithTags("Hosts").WithName("removeRsvp").WithSummary("End a party's RSVP")
            .WithDescription("By a host; the reason is kept.")
            .TakesIfMatch().AnswersCommand(
                ProblemCodes.RsvpNotFound,
                ProblemCodes.NotHost,
                ProblemCodes.VersionMismatch);
        return group;
    }

    private static Task<IResult> RemoveAsync(
        Guid rsvpId, CommandRequest<NoBody> request, string? reason, RsvpAccess access, CommandIntake intake, CancellationToken cancellationToken)
    {
        var removal = new RemoveRsvp { Reason = ReasonParameter.Check(reason) };
        return access.AsHostAsync(
            rsvpId,
            request,
            rsvp => intake.TakeAsync(request, rsvp.ToCommand(request, CommandNames.RemoveRsvp) with { RemoveRsvp = removal }, cancellationToken),
            cancellationToken);
    }

    private static Task<IResult> SubmitAsync(
        Guid activityId, CommandRequest<SubmitRsvpBody> request, CommandIntake intake, CancellationToken cancellationToken) =>
        intake.TakeAsync(request, request.ToCommand(CommandNames.SubmitRsvp, activityId) with { SubmitRsvp = request.Body.Message }, cancellationToken);

    private static Task<IResult> UpdateAsync(
        Guid activityId, CommandRequest<UpdateRsvpBody> request, CommandIntake intake, CancellationToken cancellationToken) =>
        intake.TakeAsync(request, request.ToCommand(CommandNames.UpdateRsvp, activityId) with { UpdateRsvp = request.Body.Message }, cancellationToken);

    private static Task<IResult> CancelAsync(
        Guid activityId, CommandRequest<NoBody> request, string? reason, CommandIntake intake, CancellationToken cancellationToken) =>
        intake.TakeAsync(
            request,
            request.ToCommand(CommandNames.CancelRsvp, activityId) with { CancelRsvp = new CancelRsvp { Reason = ReasonParameter.Check(reason) } },
            cancellationToken);
}

/// <summary>The <c>reason</c> of a DELETE, which has no body to carry it.</summary>
internal static class ReasonParameter
{
    /// <exception cref="ProblemException">It is too long or cannot be stored.</exception>
    internal static string? Check(string? reason)
    {
        if (string.IsNullOrEmpty(reason))
        {
            return null;
        }

        return CodePoints.AreWellFormed(reason) && !CodePoints.Exceed(reason, PartyBounds.ReasonMax)
            ? reason
            : throw ProblemException.Invalid("reason", $"Must be well-formed Unicode text without NUL, of at most {PartyBounds.ReasonMax} characters.");
    }
}
