using System.CommandLine;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Rsvp.Cli.Instances;
using Spectre.Console;

namespace Rsvp.Cli.Watch;

/// <summary><c>./rsvp watch</c>: an activity's seats and line as they change. Ctrl-C, or the time that was given, ends it with exit status 0.</summary>
internal static class WatchCommand
{
    private const double SecondsMax = 7 * 24 * 60 * 60;
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(200);

    // The two documents of one change come one after the other and are one line.
    private static readonly TimeSpan LineInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AnswerAtMost = TimeSpan.FromSeconds(15);

    internal static Command Create()
    {
        var activity = new Argument<Guid>("activityId") { Description = "the activity" };
        var seconds = new Option<double?>("--for") { Description = "end after this many seconds" };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is not (> 0 and <= SecondsMax)) result.AddError($"--for: more than 0 and at most {SecondsMax} seconds");
        });
        var command = new Command("watch", "Show an activity's seats, line and rates as they change.") { activity, seconds };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (parsed.GetValue(seconds) is { } given) limit.CancelAfter(TimeSpan.FromSeconds(given));
            try
            {
                await RunAsync(RunFile.Load(RsvpHome.FromEnvironment()), parsed.GetValue(activity), limit.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                // It was asked to end before there was anything to show.
            }

            return 0;
        });
        return command;
    }

    private static async Task RunAsync(RunFile run, Guid activityId, CancellationToken cancellationToken)
    {
        TimeProvider time = TimeProvider.System;
        var state = new WatchState(activityId, await ReadTitleAsync(run, activityId, cancellationToken));

        // Somebody without an RSVP: what anybody sees.
        var link = new ActivityLink(run, activityId, Guid.NewGuid(), time);
        Task running = link.RunAsync(cancellationToken);
        bool isTerminal = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;
        await (isTerminal ? DrawAsync(link.Events, state, time) : PrintAsync(link.Events, state, time));
        await running;
    }

    /// <summary>One line for each change.</summary>
    private static async Task PrintAsync(ChannelReader<WatchEvent> events, WatchState state, TimeProvider time)
    {
        Console.WriteLine($"watching {state.ActivityId} ({state.Title})");
        while (await events.WaitToReadAsync())
        {
            await Task.Delay(LineInterval, time);
            bool isNew = false;
            while (events.TryRead(out WatchEvent? happened)) isNew |= state.Apply(happened);
            if (isNew) Console.WriteLine(WatchView.Line(state, time.GetUtcNow()));
        }
    }

    /// <summary>A panel that is drawn again a few times a second, also when nothing comes: its rates and ages change by themselves.</summary>
    private static Task DrawAsync(ChannelReader<WatchEvent> events, WatchState state, TimeProvider time) =>
        AnsiConsole.Live(Panel(state, time)).StartAsync(async context =>
        {
            while (!events.Completion.IsCompleted)
            {
                while (events.TryRead(out WatchEvent? happened)) state.Apply(happened);
                context.UpdateTarget(Panel(state, time));
                await Task.WhenAny(events.Completion, Task.Delay(RedrawInterval, time));
            }

            await events.Completion;
        });

    private static Spectre.Console.Rendering.IRenderable Panel(WatchState state, TimeProvider time) =>
        WatchView.Panel(state, time.GetUtcNow(), AnsiConsole.Profile.Width);

    private static async Task<string> ReadTitleAsync(RunFile run, Guid activityId, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri(run.ApiUrl), Timeout = AnswerAtMost };
        using HttpResponseMessage response = await GetAsync();
        if (response.StatusCode == HttpStatusCode.NotFound) throw new ToolException($"there is no activity {activityId}");

        response.EnsureSuccessStatusCode();
        using JsonDocument document = await JsonDocument.ParseAsync(
            await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        return document.RootElement.GetProperty("title").GetString()!;

        async Task<HttpResponseMessage> GetAsync()
        {
            try
            {
                return await client.GetAsync(new Uri($"/api/activities/{activityId}", UriKind.Relative), cancellationToken);
            }
            catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ToolException($"the API did not answer within {AnswerAtMost.TotalSeconds:0} s");
            }
        }
    }
}
