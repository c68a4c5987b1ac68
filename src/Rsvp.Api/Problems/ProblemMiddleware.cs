using Npgsql;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Problems;

/// <summary>Turns what went wrong further in into a problem: exceptions, and bare status codes such as a missing token's.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
            return;
        }
        catch (Exception exception) when (!http.Response.HasStarted)
        {
            await Explain(exception, http).ExecuteAsync(http);
            return;
        }

        var response = http.Response;
        if (response.StatusCode >= StatusCodes.Status400BadRequest && !response.HasStarted && response.ContentType is null)
        {
            await new ProblemResult(CodeOf(response.StatusCode)).ExecuteAsync(http);
        }
    }

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => ProblemCodes.Unauthorized,
        StatusCodes.Status403Forbidden => ProblemCodes.Forbidden,
        StatusCodes.Status404NotFound => ProblemCodes.NotFound,
        StatusCodes.Status405MethodNotAllowed => ProblemCodes.MethodNotAllowed,
        StatusCodes.Status408RequestTimeout => ProblemCodes.RequestTimeout,
        StatusCodes.Status413PayloadTooLarge => ProblemCodes.BodyTooLarge,
        StatusCodes.Status415UnsupportedMediaType => ProblemCodes.UnsupportedMediaType,
        StatusCodes.Status429TooManyRequests => ProblemCodes.RateLimited,
        StatusCodes.Status503ServiceUnavailable => ProblemCodes.Unavailable,
        >= 500 => ProblemCodes.InternalError,
        _ => ProblemCodes.InvalidRequest,
    };

    private ProblemResult Explain(Exception exception, HttpContext http)
    {
        switch (exception)
        {
            case ProblemException known:
                return known.Problem;
            case BadHttpRequestException bad:
                return new ProblemResult(CodeOf(bad.StatusCode));
            case PostgresException refused:
                // Shutting down, out of connections, not migrated yet; a defect in a statement shows here too.
                LogDatabaseRefused(refused, refused.SqlState);
                return new ProblemResult(ProblemCodes.Unavailable);
            case NpgsqlException or TimeoutException:
                // The second of those who wait behind the one that opens the first connection.
                LogDatabaseAway(exception.Message);
                return new ProblemResult(ProblemCodes.Unavailable);
            default:
                LogUnhandled(exception, http.Request.Method, http.GetEndpoint()?.DisplayName);
                return new ProblemResult(ProblemCodes.InternalError);
        }
    }

    [LoggerMessage(3001, LogLevel.Warning, "The database is away: {Reason}")]
    private partial void LogDatabaseAway(string reason);

    [LoggerMessage(3002, LogLevel.Error, "The database refused a read with {SqlState}")]
    private partial void LogDatabaseRefused(Exception exception, string sqlState);

    [LoggerMessage(3003, LogLevel.Error, "{Method} {Endpoint} failed")]
    private partial void LogUnhandled(Exception exception, string method, string? endpoint);
}
