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
        group.MapPost("/promote", PromoteAsync).WithName("promoteWaitlist").WithSummary("Let in the next places, or those named")
            .WithDescription("Either `count` or `rsvpIds`. As the activity's `promotionMode` says: confirmed, or offered.")
            .WithBodyExample("""{ "count": 2 }""")
            .AnswersCommand(
            ProblemCodes.ActivityNotFound,
            ProblemCodes.NotHost,
            ProblemCodes.ActivityCancelled,
            ProblemCodes.RsvpNotFound,
            ProblemCodes.RsvpNotWaiting,
            ProblemCodes.DuplicateMember,
            ProblemCodes.NoRoom);
        group.MapPost("/bulk", BulkAsync).WithName("bulkWaitlist").WithSummary("Promote, remove or move many; or say what would happen")
            .WithDescription("`toPosition` is for `move`. With `dryRun` it is decided and not saved; `results` say per party what would happen.")
            .WithBodyExample("""{ "action": "move", "rsvpIds": ["9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"], "toPosition": 1, "dryRun": true }""")
            .AnswersCommand(
            ProblemCodes.ActivityNotFound,
            ProblemCodes.NotHost,
            ProblemCodes.ActivityCancelled);
    }

    private static Task<IResult> PromoteAsync(
        Guid activityId, CommandRequest<PromoteBody> request, HostGate hosts, CancellationToken cancellationToken) =>
        hosts.TakeAsync(
            request, request.ToCommand(CommandNames.PromoteWaitlist, activityId) with { PromoteWaitlist = request.Body.Message }, cancellationToken);

    private static Task<IResult> BulkAsync(
        Guid activityId, CommandRequest<BulkBody> request, HostGate hosts, CancellationToken cancellationToken) =>
        hosts.TakeAsync(
            request, request.ToCommand(CommandNames.BulkWaitlist, activityId) with { BulkWaitlist = request.Body.Message }, cancellationToken);
}
