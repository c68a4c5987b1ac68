using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using Npgsql;
using Rsvp.Hosting.Auth;
using Rsvp.Hosting.Problems;
using Rsvp.Notifier.Snapshots;

namespace Rsvp.Notifier.Access;

/// <summary>Who may connect.</summary>
internal static partial class AccessExtensions
{
    // A call of the hub's slower transports is a few of its messages.
    private const int BodyBytesMax = 16 * 1024;

    // A token and a few headers.
    private const int HeaderBytesMax = 16 * 1024;

    // An honest client sends its headers in one go.
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    internal static void AddAccess(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.AddTokenAuth();
        services.AddSingleton<IPostConfigureOptions<JwtBearerOptions>, QueryTokens>();
        services.AddSingleton<OriginRules>();
        services.AddSingleton<UserConnections>();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<OriginRules>((cors, origins) => cors.AddPolicy(
            OriginRules.CorsPolicy,
            policy => policy.WithOrigins([.. origins.Named]).WithMethods("GET", "POST", "DELETE").AllowAnyHeader().AllowCredentials()));

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
        });

        // A request's line holds the token; this category would write it down.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
    }

    /// <summary>After routing: origin, token, user, in this order; refusals are problems.</summary>
    internal static void UseAccess(this WebApplication app)
    {
        app.Use(RefuseForeignOriginsAsync);
        app.UseCors();
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use(RefuseDeletedUsersAsync);
    }

    private static Task RefuseForeignOriginsAsync(HttpContext http, RequestDelegate next) =>
        PushEndpoint.Of(http) is null || http.RequestServices.GetRequiredService<OriginRules>().Allows(http.Request)
            ? next(http)
            : Problem.WriteAsync(http, ProblemCodes.Forbidden, "Pages of this origin may not connect.");

    private static async Task RefuseDeletedUsersAsync(HttpContext http, RequestDelegate next)
    {
        if (PushEndpoint.Of(http) is not null && http.User.Identity is { IsAuthenticated: true })
        {
            try
            {
                if (await http.RequestServices.GetRequiredService<SnapshotReader>().IsDeletedAsync(http.User.UserId(), http.RequestAborted))
                {
                    await Problem.WriteAsync(http, ProblemCodes.UserDeleted);
                    return;
                }
            }
            catch (NpgsqlException error)
            {
                LogDatabaseAway(http.RequestServices.GetRequiredService<ILogger<OriginRules>>(), error.Message);
                await Problem.WriteAsync(http, ProblemCodes.Unavailable);
                return;
            }
        }

        await next(http);
    }

    [LoggerMessage(5301, LogLevel.Warning, "A connection was refused because the database is away: {Reason}")]
    private static partial void LogDatabaseAway(ILogger logger, string reason);
}
