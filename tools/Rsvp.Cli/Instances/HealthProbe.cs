using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rsvp.Cli.Processes;

namespace Rsvp.Cli.Instances;

/// <summary>Asks services whether they are ready.</summary>
internal static class HealthProbe
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Looks once: "ready", or what is wrong.</summary>
    internal static async Task<string> AskAsync(Service service, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await Client.GetAsync(new Uri(service.ReadyUrl), cancellationToken);
            if (response.IsSuccessStatusCode) return "ready";

            return $"{(int)response.StatusCode} {Ailing(await response.Content.ReadAsStringAsync(cancellationToken))}".Trim();
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return "no answer";
        }
    }

    /// <summary>The names of the checks that are not healthy; empty when the body is something else.</summary>
    internal static string Ailing(string body)
    {
        try
        {
            var checks = JsonNode.Parse(body)?["checks"]?.AsObject();
            return string.Join(", ", checks?.Where(check => (string?)check.Value != "Healthy").Select(check => check.Key) ?? []);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    internal static async Task WaitUntilReadyAsync(
        Service service, ProcessRef process, TimeSpan atMost, string logFile, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            string answer = await AskAsync(service, cancellationToken);

            // In this order: a program that has our port already would answer for a service that ended because of it.
            if (!process.IsAlive) throw new ToolException($"{service.Name} ended while it was starting", logFile);
            if (answer == "ready") return;
            if (clock.Elapsed > atMost) throw new ToolException($"{service.Name} is not ready after {atMost.TotalSeconds:0} s ({answer})", logFile);

            await Task.Delay(PollInterval, cancellationToken);
        }
    }
}
