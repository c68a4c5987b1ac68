using Microsoft.AspNetCore.Routing.Patterns;
using Rsvp.Api.Documentation;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Origin;

/// <summary>One public origin: the hub and the two sockets are reachable here, whoever serves them.</summary>
internal static class OriginExtensions
{
    internal static void AddOrigin(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<OriginOptions>().BindConfiguration("Notifier")
            .Validate(options => options.Urls.All(url => Uri.TryCreate(url, UriKind.Absolute, out _)), "Notifier:Url is a list of URLs, separated by semicolons.")
            .ValidateOnStart();
        services.AddHttpForwarder();
        services.AddSingleton<NotifierInstances>();
        services.AddSingleton<NotifierForwarder>();

        // A request's line may hold a token; this category would write it down.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
    }

    internal static void MapOrigin(this IEndpointRouteBuilder app)
    {
        var forwarder = app.ServiceProvider.GetRequiredService<NotifierForwarder>();
        app.Map("/hubs/{**path}", forwarder.ForwardAsync).AsPush();
        app.Map(Upgrade("/api/activities/{activityId:guid}/capacity", "activityId"), forwarder.ForwardAsync).AsPush();
        app.Map(Upgrade("/api/rsvps/{rsvpId:guid}/status", "rsvpId"), forwarder.ForwardAsync).AsPush();
        app.MapGet("/api/rsvps/{rsvpId:guid}/status", RequireUpgrade).AllowAnonymous().WithTags("Push")
            .WithName("watchRsvp").WithSummary("Changes of an RSVP, by WebSocket")
            .WithDescription("For its owner and the hosts, by an upgrade with a token, which browsers send as `access_token` in the query. Sends `{ type: rsvp_status_update, data, timestamp }`, a snapshot first.")
            .AnswersSocket(ProblemCodes.UpgradeRequired, ProblemCodes.RsvpNotFound, ProblemCodes.TooManyConnections);
    }

    /// <summary>The notifier checks tokens. Before what else answers on the path.</summary>
    private static void AsPush(this IEndpointConventionBuilder endpoint) => endpoint.AllowAnonymous().WithOrder(-1);

    private static RoutePattern Upgrade(string pattern, string parameter) =>
        RoutePatternFactory.Parse(pattern, defaults: null, parameterPolicies: new Dictionary<string, object?> { [parameter] = new UpgradeConstraint() });

    private static ProblemResult RequireUpgrade(Guid rsvpId, HttpContext http)
    {
        http.Response.Headers.Upgrade = "websocket";
        return new ProblemResult(ProblemCodes.UpgradeRequired);
    }
}
