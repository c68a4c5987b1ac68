using Rsvp.Api.Activities;
using Rsvp.Api.Callers;
using Rsvp.Api.Documentation;
using Rsvp.Api.Json;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Analytics;

/// <summary>Statistics of an activity for its hosts.</summary>
internal static class AnalyticsEndpoints
{
    internal static void AddAnalytics(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<AnalyticsReads>();

    internal static void MapAnalytics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/activities/{activityId:guid}/analytics/rsvps", GetAsync)
            .WithTags("Hosts")
            .WithSummary("Statistics, from looking to coming")
            .Answers<AnalyticsDocument>(ProblemCodes.ActivityNotFound, ProblemCodes.NotHost);

    private static async Task<IResult> GetAsync(
        Guid activityId, HttpContext http, HostGate hosts, AnalyticsReads analytics, CancellationToken cancellationToken)
    {
        if (await hosts.RefuseAsync(activityId, http.User.ToCaller(), cancellationToken) is { } refusal)
        {
            return refusal;
        }

        return await analytics.FindAsync(activityId, cancellationToken) is var (subject, counts)
            ? new DocumentResult<AnalyticsDocument>(AnalyticsBuilder.Build(subject, counts), ApiJson.Default.AnalyticsDocument)
            : new ProblemResult(ProblemCodes.ActivityNotFound);
    }
}
