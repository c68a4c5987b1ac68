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
        group.MapPost("", RegisterAsync).WithName("registerGroup").WithSummary("Ask for places of several parties")
            .WithDescription("A host registers up to 200 users, anyone else up to the activity's `maxGroupSize`. Together or not at all with `all_or_nothing`; one by one in order with `best_effort`, which answers 200 when no RSVP came of it.")
            .WithBodyExample("""{ "mode": "all_or_nothing", "members": [{ "userId": "22222222-2222-4222-8222-222222222222", "guestCount": 1 }, { "userId": "33333333-3333-4333-8333-333333333333" }] }""").Creates(always: false)
            .AnswersCommand(
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
        group.MapDelete("/{groupId:guid}", CancelAsync).WithName("cancelGroup").WithSummary("Give back the places of a group")
            .WithDescription("By whoever registered it, or a host.")
            .AnswersCommand(
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
