using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace Rsvp.Notifier.Access;

/// <summary>Takes a token from <c>access_token</c> where a browser cannot send a header: on the hub and on WebSocket upgrades.</summary>
internal sealed class QueryTokens : IPostConfigureOptions<JwtBearerOptions>
{
    private const string Parameter = "access_token";

    public void PostConfigure(string? name, JwtBearerOptions options)
    {
        // Nobody reads it back, and a connection would hold it for as long as it lives.
        options.SaveToken = false;
        var events = options.Events ??= new JwtBearerEvents();
        var inner = events.OnMessageReceived;
        events.OnMessageReceived = async context =>
        {
            await inner(context);
            var http = context.HttpContext;
            if (context.Token is null
                && context.Request.Headers.Authorization.Count == 0
                && PushEndpoint.Of(http) is { } endpoint
                && (!endpoint.NeedsUpgrade || http.WebSockets.IsWebSocketRequest)
                && context.Request.Query[Parameter] is [{ Length: > 0 } token])
            {
                context.Token = token;
            }
        };
    }
}
