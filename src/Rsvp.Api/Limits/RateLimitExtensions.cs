using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Limits;

/// <summary>Bounds what one caller may ask. People in a rush ask once each, so they never meet the bound, however many share an address.</summary>
internal static partial class RateLimitExtensions
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    internal static void AddRateLimits(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<RateLimitOptions>().BindConfiguration("RateLimits").ValidateDataAnnotations().ValidateOnStart();
        services.AddRateLimiter(_ => { });
        services.AddSingleton(provider => new SourceLimiter(provider.GetRequiredService<IOptions<RateLimitOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddOptions<RateLimiterOptions>().Configure<SourceLimiter>(Configure);
    }

    /// <summary>After authentication, which says who it is, and before authorization: wrong tokens are counted too.</summary>
    internal static void UseRateLimits(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<RateLimitOptions>>().Value.Enabled)
        {
            app.UseRateLimiter();
        }
        else
        {
            LogOff(app.Logger);
        }
    }

    private static void Configure(RateLimiterOptions limiter, SourceLimiter sources)
    {
        limiter.GlobalLimiter = sources;
        limiter.OnRejected = (context, _) => new ValueTask(new ProblemResult(ProblemCodes.RateLimited)
        {
            RetryAfter = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Second,
        }.ExecuteAsync(context.HttpContext));
    }

    [LoggerMessage(3901, LogLevel.Warning, "RateLimits:Enabled is false: callers may ask as much as they like")]
    private static partial void LogOff(ILogger logger);
}
