using Rsvp.Api.Documentation;
using Rsvp.Api.Hosts;
using Rsvp.Api.Requests;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Activities;

/// <summary>What opens and changes activities.</summary>
internal static class ActivityCommandEndpoints
{
    internal static RouteGroupBuilder MapActivityCommands(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/activities").WithTags("Activities");
        group.MapPost("", CreateAsync).WithName("createActivity").WithSummary("Open an activity")
            .WithDescription("Whoever opens it is its host. The id is in the 202 too.")
            .WithBodyExample("""{ "title": "Chess night", "startsAt": "2040-06-01T18:00:00Z", "capacity": 20, "promotionMode": "offer", "offerMinutes": 30 }""").Creates()
            .AnswersCommand();
        group.MapPatch("/{activityId:guid}", UpdateAsync).WithName("updateActivity").WithSummary("Change settings, capacity included, in one step")
            .WithDescription("What is absent stays, null clears. More capacity lets in whoever is next; less than is confirmed and offered is refused.")
            .WithBodyExample("""{ "capacity": 30, "registrationClosesAt": null }""")
            .AnswersCommand(ProblemCodes.ActivityNotFound, ProblemCodes.NotHost, ProblemCodes.ActivityCancelled, ProblemCodes.CapacityBelowTaken, ProblemCodes.InvalidSettings);
        group.MapPost("/{activityId:guid}/cancel", CancelAsync).WithName("cancelActivity").WithSummary("Call the activity off: everybody is told once")
            .WithDescription("Every active RSVP ends. Calling it off again changes nothing.")
            .WithBodyExample("""{ "reason": "The hall is flooded." }""")
            .AnswersCommand(ProblemCodes.ActivityNotFound, ProblemCodes.NotHost);
        return group;
    }

    private static Task<IResult> CancelAsync(
        Guid activityId, CommandRequest<ReasonBody> request, HostGate hosts, CancellationToken cancellationToken) =>
        hosts.TakeAsync(
            request, request.ToCommand(CommandNames.CancelActivity, activityId) with { CancelActivity = new CancelActivity { Reason = request.Body.Reason } }, cancellationToken);

    private static Task<IResult> CreateAsync(
        CommandRequest<CreateActivityBody> request, CommandIntake intake, RequestIds ids, CancellationToken cancellationToken)
    {
        // Derived from the request, so that a repeat names the same activity.
        var activityId = ids.ActivityOf(request.RequestId);
        var command = request.ToCommand(CommandNames.CreateActivity, activityId) with
        {
            CreateActivity = new CreateActivity { Settings = request.Body.Settings },
        };
        return intake.TakeAsync(request, command, cancellationToken);
    }

    private static Task<IResult> UpdateAsync(
        Guid activityId, CommandRequest<UpdateActivityBody> request, HostGate hosts, CancellationToken cancellationToken) =>
        hosts.TakeAsync(
            request, request.ToCommand(CommandNames.UpdateActivity, activityId) with { UpdateActivity = request.Body.Changes }, cancellationToken);
}
