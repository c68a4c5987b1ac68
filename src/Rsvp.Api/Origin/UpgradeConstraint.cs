using Microsoft.AspNetCore.Http.Features;

namespace Rsvp.Api.Origin;

/// <summary>Lets a route match WebSocket upgrades alone, so that the same path can answer plain requests too.</summary>
internal sealed class UpgradeConstraint : IRouteConstraint
{
    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        httpContext?.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
        && httpContext.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase);
}
