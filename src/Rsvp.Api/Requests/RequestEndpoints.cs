using Rsvp.Api.Documentation;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Auth;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Requests;

/// <summary>How a request is doing.</summary>
internal static class RequestEndpoints
{
    internal static void MapRequests(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/requests/{requestId:guid}", GetAsync)
            .WithTags("Requests")
            .WithName("getRequest")
            .WithSummary("What became of a request; with Prefer: wait a long poll")
            .WithDescription("For its owner alone. While it is pending only `requestId` and `status` are sure.")
            .AnswersRequest();

    private static async Task<IResult> GetAsync(Guid requestId, HttpContext http, RequestIds ids, OutcomeLookup outcomes, CancellationToken cancellationToken)
    {
        var userId = http.User.UserId();
        if (!ids.Verify(requestId, userId, out var issuedAt))
        {
            return new ProblemResult(ProblemCodes.RequestNotFound);
        }

        var waitSeconds = Preferences.Wait(http.Request.Headers["Prefer"]);
        var found = await outcomes.FindAsync(requestId, userId, TimeSpan.FromSeconds(waitSeconds ?? 0), cancellationToken);
        if (found is { Outcome: null, IsSure: true } && ids.IsForgotten(issuedAt))
        {
            return new ProblemResult(ProblemCodes.RequestNotFound);
        }

        return new RequestResult(requestId, issuedAt, found.Outcome) { WaitSeconds = waitSeconds };
    }
}
