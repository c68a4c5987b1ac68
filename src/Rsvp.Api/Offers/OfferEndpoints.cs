using Rsvp.Api.Bodies;
using Rsvp.Api.Documentation;
using Rsvp.Api.Problems;
using Rsvp.Api.Requests;
using Rsvp.Api.Rsvps;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Offers;

/// <summary>What an owner answers to an offer. Nobody answers for somebody else, not even a host.</summary>
internal static class OfferEndpoints
{
    internal static void MapOffers(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/rsvps/{rsvpId:guid}").WithTags("Offers");
        group.MapPost("/accept", AcceptAsync).WithName("acceptOffer").WithSummary("Take the seats that are held")
            .WithDescription("By the owner alone, before `offerExpiresAt`.")
            .AnswersCommand(
            ProblemCodes.RsvpNotFound,
            ProblemCodes.NotOwner,
            ProblemCodes.NoOpenOffer,
            ProblemCodes.OfferExpired,
            ProblemCodes.ActivityCancelled);
        group.MapPost("/decline", DeclineAsync).WithName("declineOffer").WithSummary("Give back the seats that are held")
            .WithDescription("By the owner alone; the RSVP ends, and the next in line is offered the seats.")
            .AnswersCommand(
            ProblemCodes.RsvpNotFound,
            ProblemCodes.NotOwner,
            ProblemCodes.NoOpenOffer,
            ProblemCodes.OfferExpired);
    }

    private static Task<IResult> AcceptAsync(
        Guid rsvpId, CommandRequest<NoBody> request, RsvpAccess access, CommandIntake intake, CancellationToken cancellationToken) =>
        AnswerAsync(
            rsvpId,
            request,
            access,
            intake,
            activityId => request.ToCommand(CommandNames.AcceptOffer, activityId) with { AcceptOffer = new AcceptOffer() },
            cancellationToken);

    private static Task<IResult> DeclineAsync(
        Guid rsvpId, CommandRequest<NoBody> request, RsvpAccess access, CommandIntake intake, CancellationToken cancellationToken) =>
        AnswerAsync(
            rsvpId,
            request,
            access,
            intake,
            activityId => request.ToCommand(CommandNames.DeclineOffer, activityId) with { DeclineOffer = new DeclineOffer() },
            cancellationToken);

    private static async Task<IResult> AnswerAsync(
        Guid rsvpId, CommandRequest request, RsvpAccess access, CommandIntake intake, Func<Guid, Command> toCommand, CancellationToken cancellationToken)
    {
        var found = await access.FindAsync(rsvpId, request.Caller, cancellationToken);
        if (found.Rsvp is not { } rsvp)
        {
            return found.Refusal!;
        }

        return rsvp.OwnerId == request.Caller.UserId
            ? await intake.TakeAsync(request, toCommand(rsvp.ActivityId), cancellationToken)
            : new ProblemResult(ProblemCodes.NotOwner);
    }
}
