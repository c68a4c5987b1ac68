using System.Net;
using System.Net.Http.Headers;
using Rsvp.EndToEnd.Tests.Storm;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Telemetry;

/// <summary>What real processes tell of themselves.</summary>
[Collection(SystemCollection.Name)]
public sealed class TelemetryTests(SystemFixture system)
{
    [Fact]
    public async Task One_cancel_is_followed_from_http_through_batch_and_saga_to_those_who_watch()
    {
        var (traceId, _) = await CancelAsync();

        // The cancel is in one batch, the pass that it led to in another.
        await Eventually.HoldsAsync(() => Missing(traceId).Count == 0 && Batches().Count == 2, "the trace is whole", TimeSpan.FromSeconds(30));
        var trace = system.Otlp.Spans.Where(span => span.TraceId == traceId).ToList();
        var batches = Batches();

        // The first was sent by the API, in a span of the same trace; the second came from the outbox.
        Assert.Single(batches, batch => system.Otlp.Spans.Any(span => span.SpanId == batch.ParentId && span.Name == "send batch" && span.Service == "rsvp-api"));
        Assert.All(batches, batch => Assert.Superset(
            new HashSet<string> { "load", "commit" },
            system.Otlp.Spans.Where(span => span.ParentId == batch.SpanId).Select(span => span.Name).ToHashSet()));

        // One tree: everything hangs below the request.
        var http = trace.Single(span => span.Name.StartsWith("DELETE ", StringComparison.Ordinal));
        Assert.Equal("200", http.Attributes["http.response.status_code"]);
        Assert.All(trace.Where(span => span != http), span => Assert.Contains(trace, other => other.SpanId == span.ParentId));
        Assert.DoesNotContain(system.Otlp.Spans.SelectMany(span => span.Attributes.Values), value => value.Contains("Ada", StringComparison.Ordinal) || value.Contains("access_token", StringComparison.Ordinal));

        List<OtlpSpan> Batches() => [.. system.Otlp.Spans.Where(span => span.Name == "apply batch" && span.LinkedTraceIds.Contains(traceId))];
    }

    [Fact]
    public async Task The_services_show_the_metrics_that_the_page_says_and_no_others()
    {
        SystemFixture.NeedsOwn();
        var (_, activity) = await CancelAsync();
        var person = system.NewPerson();
        await person.SubmitAsync(activity, key: "again");
        await person.SubmitAsync(activity, key: "again");
        var page = MetricsPage.Read();

        var shown = await ShownAsync();

        Assert.NotEmpty(page);
        Assert.Equal([], shown.Except(page.Select(row => (row.Service, row.PrometheusName, row.PrometheusKind))));
        Assert.Equal([], page.Where(row => row.IsThereFromTheStart).Select(row => (row.Service, row.PrometheusName, row.PrometheusKind)).Except(shown));
        Assert.Superset(
            new HashSet<string>
            {
                "rsvp_request_duration_seconds", "rsvp_commands_total", "rsvp_replays_total", "rsvp_batch_queue_duration_seconds", "rsvp_promotion_duration_seconds",
                "rsvp_push_latency_seconds", "rsvp_api_confirm_duration_seconds", "rsvp_outbox_confirm_duration_seconds",
            },
            shown.Select(metric => metric.Name).ToHashSet());
    }

    [Fact]
    public async Task The_services_export_all_signals_by_otlp()
    {
        await CancelAsync();

        await Eventually.HoldsAsync(() => system.Otlp.Signals.Count == 3, "traces, metrics and logs came");
        Assert.Equal(["/v1/logs", "/v1/metrics", "/v1/traces"], system.Otlp.Signals.Order());
    }

    /// <summary>Somebody cancels, as part of a trace, while another waits and one watches; ends when the other has the seat.</summary>
    private async Task<(string TraceId, Guid Activity)> CancelAsync()
    {
        var activity = await system.OpenAsync(1);
        var (ada, ben) = (await system.JoinAsync(activity, 1), await system.JoinAsync(activity, 1));
        await using var watchers = new HubWatchers(system, activity, 1);
        await watchers.AssertUpToDateAsync();
        var traceId = Guid.NewGuid().ToString("N");

        using var cancel = new HttpRequestMessage(HttpMethod.Delete, $"/api/activities/{activity}/rsvp");
        cancel.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ada.Token);
        cancel.Headers.Add("Prefer", "wait=30");
        cancel.Headers.Add("traceparent", $"00-{traceId}-b7ad6b7169203331-01");
        using var answer = await system.Http.SendAsync(cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await ben.BecomesAsync(activity, "confirmed");
        await watchers.AssertUpToDateAsync();
        return (traceId, activity);
    }

    private List<(string Service, string Name)> Missing(string traceId)
    {
        var there = system.Otlp.Spans.Where(span => span.TraceId == traceId).ToList();
        List<(string Service, string Name, string? Attribute, string? Value)> wanted =
        [
            ("rsvp-api", "DELETE /api/activities/{activityId:guid}/rsvp/", null, null),
            ("rsvp-api", "submit", "rsvp.command", "cancel_rsvp"),
            ("rsvp-worker", "apply", "rsvp.command", "cancel_rsvp"),
            ("rsvp-worker", "promote", "rsvp.event", "VacancyOpened"),
            ("rsvp-worker", "apply", "rsvp.command", "run_pass"),
            ("rsvp-worker", "promote", "rsvp.event", "PassCompleted"),
            ("rsvp-notifier", "push", "rsvp.push.kind", "counts"),
        ];
        return
        [
            .. wanted
                .Where(span => !there.Any(other =>
                    other.Service == span.Service && other.Name == span.Name && (span.Attribute is null || other.Attributes.GetValueOrDefault(span.Attribute) == span.Value)))
                .Select(span => (span.Service, span.Name)),
        ];
    }

    private async Task<HashSet<(string Service, string Name, string Kind)>> ShownAsync()
    {
        var shown = new HashSet<(string, string, string)>();
        foreach (var metrics in system.Run.Metrics)
        {
            var text = await system.Http.GetStringAsync(new Uri(metrics.Url));
            foreach (var line in text.Split('\n').Where(line => line.StartsWith("# TYPE rsvp_", StringComparison.Ordinal)))
            {
                var parts = line.Trim().Split(' ');
                shown.Add((metrics.Name.Split('-')[0], parts[2], parts[3]));
            }
        }

        return shown;
    }
}
