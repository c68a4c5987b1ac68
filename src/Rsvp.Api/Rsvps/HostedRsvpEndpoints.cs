using Microsoft.Net.Http.Headers;
using Rsvp.Api.Activities;
using Rsvp.Api.Bodies;
using Rsvp.Api.Callers;
using Rsvp.Api.Documentation;
using Rsvp.Api.Json;
using Rsvp.Api.Paging;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Rsvps;

/// <summary>The hosts' list of everybody who asked.</summary>
internal static class HostedRsvpEndpoints
{
    // As long as the longest name by which somebody is found needs to be.
    internal const int SearchMax = 200;

    private static readonly MediaTypeHeaderValue Csv = new("text/csv");
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    internal static void MapHostedRsvps(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/activities/{activityId:guid}/rsvps", ListAsync)
            .WithTags("Hosts")
            .WithName("getHostedRsvps")
            .WithSummary("Every RSVP in the order of asking, paged as JSON or whole as CSV")
            .WithDescription("`Accept: text/csv` gets the whole list as CSV with the same columns, whatever `limit` says.")
            .Answers<Page<HostedRsvp>>(ProblemCodes.ActivityNotFound, ProblemCodes.NotHost)
            .AnswersCsvToo();

    private static async Task<IResult> ListAsync(
        Guid activityId, string? status, string? search, PageRequest page, HttpContext http, HostGate hosts, HostedRsvpReads rsvps, TimeProvider time, CancellationToken cancellationToken)
    {
        if (status is not (null or "confirmed" or "waitlisted" or "offered" or "cancelled"))
        {
            throw ProblemException.Invalid("status", "Must be one of: confirmed, waitlisted, offered, cancelled.");
        }

        if (search is not null && (CodePoints.Exceed(search, SearchMax) || search.Contains('\0', StringComparison.Ordinal)))
        {
            throw ProblemException.Invalid("search", $"At most {SearchMax} characters, none of them NUL.");
        }

        var filter = new HostedRsvpFilter(activityId, status, search);
        if (await hosts.RefuseAsync(activityId, http.User.ToCaller(), cancellationToken) is { } refusal)
        {
            return refusal;
        }

        http.Response.Headers.Vary = "Accept";
        if (PrefersCsv(http.Request))
        {
            return new CsvResult(rsvps.StreamAsync(filter, cancellationToken), time);
        }

        var rows = await rsvps.ListAsync(filter, Cursor.Read(page.Cursor), page.Limit, cancellationToken);
        var list = Page.Of(rows, page.Limit, last => Cursor.After(last.CreatedAt, last.Id));
        return new DocumentResult<Page<HostedRsvp>>(list, ApiJson.Default.PageHostedRsvp);
    }

    // JSON for whoever does not ask for CSV by name, or likes JSON better.
    private static bool PrefersCsv(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
        {
            return false;
        }

        var csv = Quality(accepted, Csv);
        return csv > 0 && csv >= Quality(accepted, Json);
    }

    private static double Quality(IList<MediaTypeHeaderValue> accepted, MediaTypeHeaderValue type) => accepted
        .Where(range => range.MediaType.Equals(type.MediaType, StringComparison.OrdinalIgnoreCase))
        .Select(range => range.Quality ?? 1)
        .DefaultIfEmpty(0)
        .Max();
}
