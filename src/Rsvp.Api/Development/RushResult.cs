using System.Text.Json;
using Rsvp.Api.Problems;
using Rsvp.Hosting.Auth;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Development;

/// <summary>Runs a rush and tells of it while it goes: one JSON document a line, the last one with the figures of all of it.</summary>
internal sealed class RushResult(RushRunner runner, RushBody rush) : IResult
{
    // What an eye follows.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private static readonly ReadOnlyMemory<byte> EndOfLine = "\n"u8.ToArray();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (!runner.TryBegin())
        {
            await new ProblemResult(ProblemCodes.Overloaded).ExecuteAsync(httpContext);
            return;
        }

        try
        {
            await RunAsync(httpContext);
        }
        finally
        {
            runner.End();
        }
    }

    private async Task RunAsync(HttpContext httpContext)
    {
        var left = httpContext.RequestAborted;
        var timeProvider = httpContext.RequestServices.GetRequiredService<TimeProvider>();
        var host = httpContext.User.Identity is { IsAuthenticated: true } ? httpContext.User.UserId() : Guid.NewGuid();
        using var http = runner.NewClient(rush.Connections);
        var activityId = await runner.OpenAsync(http, host, rush, left);

        httpContext.Response.ContentType = "application/x-ndjson";
        var crowd = runner.Gather(rush.People);
        var tally = new RushTally(activityId, rush, timeProvider);
        await WriteAsync(httpContext, tally.Report(done: false), left);
        var running = runner.RunAsync(http, activityId, crowd, rush.Connections, tally, left);
        using var timer = new PeriodicTimer(Interval, timeProvider);
        while (await timer.WaitForNextTickAsync(left) && !running.IsCompleted)
        {
            await WriteAsync(httpContext, tally.Report(done: false), left);
        }

        await running;
        await WriteAsync(httpContext, tally.Report(done: true), left);
    }

    private static async Task WriteAsync(HttpContext httpContext, RushProgress progress, CancellationToken left)
    {
        await JsonSerializer.SerializeAsync(httpContext.Response.Body, progress, DevelopmentJson.Default.RushProgress, left);
        await httpContext.Response.Body.WriteAsync(EndOfLine, left);
        await httpContext.Response.Body.FlushAsync(left);
    }
}
