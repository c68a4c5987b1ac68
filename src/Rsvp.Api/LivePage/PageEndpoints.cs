using Rsvp.Api.Edge;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.LivePage;

/// <summary>The live page at <c>/</c>: plain files, for anybody. What it shows comes from the API, with the visitor's own token.</summary>
internal static class PageEndpoints
{
    // Its own scripts, styles and fonts, and nobody else's; no script or style is written into the document.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    internal static void AddPage(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<PageFiles>();

    internal static void MapPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", (HttpContext http, PageFiles files) => Send(http, files.Index))
            .AllowAnonymous().ExcludeFromDescription().WithContentPolicy(_ => Policy);
        routes.MapGet("/page/{**path}", (string? path, HttpContext http, PageFiles files) => Send(http, files.Find(path ?? "")))
            .AllowAnonymous().ExcludeFromDescription();
    }

    private static IResult Send(HttpContext http, PageFile? file)
    {
        if (file is null)
        {
            return new ProblemResult(ProblemCodes.NotFound);
        }

        // Kept, but never used without asking: a new version of the API has a new page at once.
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(file.Content, file.ContentType, entityTag: file.ETag);
    }
}
