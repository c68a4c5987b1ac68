using Rsvp.Api.Bodies;
using Rsvp.Api.Documentation;
using Rsvp.Api.Requests;
using Rsvp.Api.Rsvps;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Groups;

/// <summary>Several parties in one command.</summary>
internal static class GroupEndpoints
{
    internal static void MapGroups(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/activities/{activityId:guid}/rsvps/group").WithTags("Groups");
        group.MapPost("", RegisterAsync).WithSummary("Ask for places of several parties").AnswersCommand(
            ProblemCodes.ActivityNotFound,
            ProblemCodes.GroupTooLarge,
            ProblemCodes.DuplicateMember,
            ProblemCodes.UserNotFound,
            ProblemCodes.AlreadyRegistered,
            ProblemCodes.RegistrationNotOpen,
            ProblemCodes.RegistrationClosed,
            ProblemCodes.ActivityCancelled,
            ProblemCodes.ActivityFull,
            ProblemCodes.WaitlistFull,
            ProblemCodes.PartyTooLarge);
        group.MapDelete("/{groupId:guid}", CancelAsync).WithSummary("Give back the places of a group").AnswersCommand(
            ProblemCodes.ActivityNotFound,
            ProblemCodes.GroupNotFound);
    }

    private static Task<IResult> RegisterAsync(
        Guid activityId, CommandRequest<RegisterGroupBody> request, CommandIntake intake, CancellationToken cancellationToken) =>
        intake.TakeAsync(
            request, request.ToCommand(CommandNames.RegisterGroup, activityId) with { RegisterGroup = request.Body.Message }, cancellationToken);

    private static Task<IResult> CancelAsync(
        Guid activityId, Guid groupId, CommandRequest<NoBody> request, string? reason, CommandIntake intake, CancellationToken cancellationToken) =>
        intake.TakeAsync(
            request,
            request.ToCommand(CommandNames.CancelGroup, activityId) with
            {
                CancelGroup = new CancelGroup { GroupId = groupId, Reason = ReasonParameter.Check(reason) },
            },
            cancellationToken);
}
