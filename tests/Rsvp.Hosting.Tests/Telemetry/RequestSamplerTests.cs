using System.Diagnostics;
using OpenTelemetry.Trace;
using Rsvp.Hosting.Telemetry;

namespace Rsvp.Hosting.Tests.Telemetry;

public sealed class RequestSamplerTests
{
    private static readonly ActivityContext Traced = new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);
    private static readonly ActivityContext Untraced = new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None, isRemote: true);

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    public void A_span_under_another_is_recorded_when_that_is(double ratio)
    {
        Assert.True(Samples(ratio, ActivityKind.Server, Traced));
        Assert.False(Samples(ratio, ActivityKind.Server, Untraced));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    public void A_span_of_its_own_is_recorded_when_any_span_that_it_is_linked_to_is(double ratio)
    {
        Assert.True(Samples(ratio, ActivityKind.Producer, default, Untraced, Traced));
        Assert.False(Samples(ratio, ActivityKind.Producer, default, Untraced));
    }

    [Fact]
    public void Only_a_request_that_comes_in_begins_a_trace_by_chance()
    {
        Assert.True(Samples(1.0, ActivityKind.Server, default));
        Assert.False(Samples(0.0, ActivityKind.Server, default));
        Assert.False(Samples(1.0, ActivityKind.Client, default));
        Assert.False(Samples(1.0, ActivityKind.Internal, default));
    }

    private static bool Samples(double ratio, ActivityKind kind, ActivityContext parent, params ActivityContext[] links)
    {
        var parameters = new SamplingParameters(parent, ActivityTraceId.CreateRandom(), "span", kind, tags: null, links.Select(link => new ActivityLink(link)));
        return new RequestSampler(ratio).ShouldSample(parameters).Decision == SamplingDecision.RecordAndSample;
    }
}
