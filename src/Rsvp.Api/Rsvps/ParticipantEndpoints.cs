using Rsvp.Api.Activities;
using Rsvp.Api.Callers;
using Rsvp.Api.Documentation;
using Rsvp.Api.Json;
using Rsvp.Api.Paging;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Rsvps;

/// <summary>Who is coming: everything for hosts, names for others if the hosts allow it.</summary>
internal static class ParticipantEndpoints
{
    internal static void MapParticipants(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/activities/{activityId:guid}/participants", ListAsync)
            .WithTags("Activities")
            .WithSummary("Who is coming, in the order of asking")
            .WithDescription("For hosts the RSVPs with names. For other users the items have a `name` and nothing else, and only if `participantsVisible` is set.")
            .Answers<Page<HostedRsvp>>(ProblemCodes.ActivityNotFound, ProblemCodes.ParticipantsHidden)
            .AnswersOthers<Page<Participant>>("PageOfParticipant");

    private static async Task<IResult> ListAsync(
        Guid activityId, PageRequest page, HttpContext http, HostGate hosts, ParticipantReads participants, CancellationToken cancellationToken)
    {
        var after = Cursor.Read(page.Cursor);
        switch (await hosts.StandingAsync(activityId, http.User.ToCaller(), cancellationToken))
        {
            case { CallerDeleted: true }:
                return new ProblemResult(ProblemCodes.UserDeleted);
            case { ActivityExists: false }:
                return new ProblemResult(ProblemCodes.ActivityNotFound);
            case { IsHost: true }:
                var rsvps = await participants.ListAsync(activityId, after, page.Limit, cancellationToken);
                return new DocumentResult<Page<HostedRsvp>>(
                    Page.Of(rsvps, page.Limit, last => Cursor.After(last.CreatedAt, last.Id)), ApiJson.Default.PageHostedRsvp);
        }

        if (!await participants.AreVisibleAsync(activityId, cancellationToken))
        {
            return new ProblemResult(ProblemCodes.ParticipantsHidden);
        }

        var names = await participants.ListNamesAsync(activityId, after, page.Limit, cancellationToken);
        return new DocumentResult<Page<Participant>>(
            Page.Of(names, page.Limit, last => Cursor.After(last.CreatedAt, last.Id)), ApiJson.Default.PageParticipant);
    }
}
