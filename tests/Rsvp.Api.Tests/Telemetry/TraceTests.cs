using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Rsvp.Api.Tests.Http;
using Rsvp.Api.Tests.Submitting;
using Rsvp.Contracts;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Telemetry;

public sealed class TraceTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    [Fact]
    public async Task A_traced_request_is_followed_into_the_message_that_carries_it()
    {
        using var log = new SpanLog("Microsoft.AspNetCore");
        var traceParent = log.NewTraceParent();

        var command = await SubmitAsync(("traceparent", traceParent));

        await Eventually.HoldsAsync(() => log.Own.Count >= 2, "the spans ended");
        var (submit, http) = (Span(log.Own, "submit"), Span(log.Own, "Microsoft.AspNetCore.Hosting.HttpRequestIn"));
        Assert.Equal(traceParent, http.ParentId);
        Assert.Equal(http.Id, command.TraceParent);
        Assert.Equal(http.SpanId, submit.ParentSpanId);
        Assert.Equal((CommandNames.SubmitRsvp, "accepted"), ((string?)submit.GetTagItem("rsvp.command"), (string?)submit.GetTagItem("rsvp.acceptance")));

        var send = Span(log.Linked, "send batch");
        Assert.Equal(http.SpanId, Assert.Single(send.Links).Context.SpanId);
        Assert.Equal(send.SpanId, Assert.Single(submit.Links).Context.SpanId);
        Assert.Equal(send.Id, world.Partition.Batches.Single(batch => batch.Commands.Contains(command)).TraceParent);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")]
    public async Task A_request_that_is_not_traced_adds_nothing_to_its_message(string? traceParent)
    {
        using var log = new SpanLog("Microsoft.AspNetCore");

        var command = await SubmitAsync(traceParent is null ? [] : [("traceparent", traceParent)]);

        Assert.Null(command.TraceParent);
        Assert.Null(world.Partition.Batches.Single(batch => batch.Commands.Contains(command)).TraceParent);
    }

    [Fact]
    public async Task The_time_to_the_outcome_is_measured_by_command_and_code_and_never_for_a_stored_outcome()
    {
        using var log = new MeasurementLog(world.Services.GetRequiredService<IMeterFactory>());
        var fresh = await SubmitAsync();
        var batch = world.Partition.Batches.Single(one => one.Commands.Contains(fresh));

        // The same answer again, as it would be to a repeat of a request that was taken a day ago.
        await world.Partition.AnswerAsync(batch, command => FakePartition.Complete(command) with { SubmittedAt = command.SubmittedAt.AddDays(-1), Problem = new ProblemDocument { Code = "stored" } });
        await world.Partition.AnswerAsync(batch, command => FakePartition.Complete(command) with { Problem = new ProblemDocument { Code = "activity_full" } });

        await Eventually.HoldsAsync(() => log.Of("rsvp.request.duration").Count > 0, "the last answer was measured");
        var measured = Assert.Single(log.Of("rsvp.request.duration"));
        Assert.Equal((CommandNames.SubmitRsvp, "activity_full"), (measured.Tags["command"], measured.Tags["code"]));
        Assert.True(measured.Value > 0);
    }

    private static Activity Span(IEnumerable<Activity> spans, string name) => Assert.Single(spans, span => span.OperationName == name);

    private async Task<Command> SubmitAsync(params (string Name, string Value)[] headers)
    {
        var answer = await world.SendAsync(HttpMethod.Post, $"/api/activities/{ApiWorld.ActivityId()}/rsvp", ApiWorld.Token(Guid.NewGuid()), "{}", headers);
        Assert.Equal(202, answer.Status);
        var requestId = Guid.Parse(answer.Text("requestId")!);
        return await Eventually.ReturnsAsync(
            () => Task.FromResult(world.Partition.Batches.SelectMany(batch => batch.Commands).FirstOrDefault(command => command.RequestId == requestId)), "the command arrived");
    }
}
