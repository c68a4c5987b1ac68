using System.Globalization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rsvp.Api.Tests.Http;

namespace Rsvp.Api.Tests.Attacks;

/// <summary>An API whose every partition takes commands, so that each route can be called as anybody. A class fixture.</summary>
public sealed class AttackedWorld() : ApiWorld(hasDatabase: true, ownedPartitions: 2)
{
    /// <summary>Every route that the API answers itself: <c>GET /api/rsvps/{rsvpId}</c>. What is passed on to the notifier has no method here.</summary>
    internal IEnumerable<(string Name, RouteEndpoint Endpoint)> Routes() =>
        from endpoint in Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
        let path = endpoint.RoutePattern.RawText!.Trim('/').Replace(":guid", "", StringComparison.Ordinal)
        select (string.Create(CultureInfo.InvariantCulture, $"{method} /{path}"), endpoint);
}
