using Rsvp.Api.Activities;
using Rsvp.Api.Bodies;
using Rsvp.Api.Documentation;
using Rsvp.Api.Requests;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Hosts;

/// <summary>Who else is a host.</summary>
internal static class HostEndpoints
{
    internal static void MapHosts(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/activities/{activityId:guid}/hosts/{userId:guid}").WithTags("Hosts");
        group.MapPut("", AddAsync).WithName("addHost").WithSummary("Make a user a host")
            .WithDescription("Who is a host already stays one.")
            .AnswersCommand(
            ProblemCodes.ActivityNotFound, ProblemCodes.NotHost, ProblemCodes.UserNotFound);
        group.MapDelete("", RemoveAsync).WithName("removeHost").WithSummary("Take a host's rights")
            .WithDescription("Also the creator's, as long as another host is left.")
            .AnswersCommand(
            ProblemCodes.ActivityNotFound, ProblemCodes.NotHost, ProblemCodes.LastHost);
    }

    private static Task<IResult> AddAsync(
        Guid activityId, Guid userId, CommandRequest<NoBody> request, HostGate hosts, CancellationToken cancellationToken) =>
        hosts.TakeAsync(
            request, request.ToCommand(CommandNames.AddHost, activityId) with { AddHost = new AddHost { UserId = userId } }, cancellationToken);

    private static Task<IResult> RemoveAsync(
        Guid activityId, Guid userId, CommandRequest<NoBody> request, HostGate hosts, CancellationToken cancellationToken) =>
        hosts.TakeAsync(
            request, request.ToCommand(CommandNames.RemoveHost, activityId) with { RemoveHost = new RemoveHost { UserId = userId } }, cancellationToken);
}
