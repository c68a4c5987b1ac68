using Rsvp.Api.Edge;
using Scalar.AspNetCore;

namespace Rsvp.Api.Documentation;

/// <summary>The interactive reference; everything on the page comes from here, and it talks to nobody else.</summary>
internal static class ReferencePage
{
    private const string Path = "/docs";

    internal static void MapReference(this IEndpointRouteBuilder routes) =>
        routes.MapScalarApiReference(Path, scalar =>
            {
                scalar.WithTitle("Rsvp API")
                    .WithOpenApiRoutePattern("/openapi/v1.json")
                    .DisableDefaultFonts()
                    .DisableTelemetry()
                    .DisableAgent()
                    .DisableMcp()
                    .HideClientButton()
                    .HideDeveloperTools()
                    .WithNonce();
                scalar.AddPreferredSecuritySchemes("bearer");
            })
            .AllowAnonymous()
            .WithContentPolicy(http => http.Items[ScalarOptions.NonceHttpContextItemKey] is not string nonce
                ? ContentPolicy.OfData
                : $"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'unsafe-inline'; "
                + "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
}
