using Rsvp.Api.Activities;
using Rsvp.Api.Documentation;
using Rsvp.Api.Hosts;
using Rsvp.Api.Requests;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Waitlist;

/// <summary>What hosts do with the line.</summary>
internal static class WaitlistCommandEndpoints
{
    internal static void MapWaitlistCommands(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/activities/{activityId:guid}/waitlist").WithTags("Hosts");
        group.MapPost("/promote", PromoteAsync).WithSummary("Let in the next places, or those named").AnswersCommand(
            ProblemCodes.ActivityNotFound,
            ProblemCodes.NotHost,
            ProblemCodes.ActivityCancelled,
            ProblemCodes.RsvpNotFound,
            ProblemCodes.RsvpNotWaiting,
            ProblemCodes.NoRoom);
        group.MapPost("/bulk", BulkAsync).WithSummary("Promote, remove or move many; or say what would happen").AnswersCommand(
            ProblemCodes.ActivityNotFound,
            ProblemCodes.NotHost,
            ProblemCodes.ActivityCancelled);
    }

    private static async Task<IResult> PromoteAsync(
        Guid activityId, CommandRequest<PromoteBody> request, HostGate hosts, CommandIntake intake, CancellationToken cancellationToken) =>
        await hosts.RefuseAsync(activityId, request.Caller, cancellationToken) is { } refusal
            ? refusal
            : await intake.TakeAsync(
                request, request.ToCommand(CommandNames.PromoteWaitlist, activityId) with { PromoteWaitlist = request.Body.Message }, cancellationToken);

    private static async Task<IResult> BulkAsync(
        Guid activityId, CommandRequest<BulkBody> request, HostGate hosts, CommandIntake intake, CancellationToken cancellationToken) =>
        await hosts.RefuseAsync(activityId, request.Caller, cancellationToken) is { } refusal
            ? refusal
            : await intake.TakeAsync(
                request, request.ToCommand(CommandNames.BulkWaitlist, activityId) with { BulkWaitlist = request.Body.Message }, cancellationToken);
}
