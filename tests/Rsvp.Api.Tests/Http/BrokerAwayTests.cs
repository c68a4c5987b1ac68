using System.Diagnostics;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Http;

public sealed class BrokerAwayTests : IAsyncLifetime
{
    // The contract's 2 s, and much for a busy machine: a bus without a bound would wait for hours.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    private readonly World _world = new();
    private readonly string _token = ApiWorld.Token(Guid.NewGuid());

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        _world.Proxy.ComeBack();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_command_without_a_confirm_is_503_outcome_unknown_and_those_after_it_503_overloaded_at_once()
    {
        _world.Proxy.GoSilent();

        var first = await SubmitAsync(("Prefer", "wait=30"), ("Idempotency-Key", "k"));
        var second = await SubmitAsync(("Prefer", "wait=30"));

        Assert.Equal((503, "outcome_unknown"), (first.Status, first.Code));
        Assert.NotNull(first.Text("requestId"));
        Assert.Equal((503, "overloaded"), (second.Status, second.Code));
        Assert.Null(second.Text("requestId"));
        Assert.All([first, second], answer => Assert.Equal("1", answer.Headers["Retry-After"]));
        Assert.Equal(503, (await _world.SendAsync(HttpMethod.Get, "/health/ready", token: null)).Status);
    }

    [Fact]
    public async Task With_the_broker_gone_every_command_is_503_within_the_bound_and_taken_again_once_it_is_back()
    {
        _world.Proxy.GoAway();

        var answers = new List<Answer>();
        for (var count = 0; count < 3; count++)
        {
            answers.Add(await SubmitAsync());
        }

        Assert.All(answers, answer => Assert.Equal(503, answer.Status));
        _world.Proxy.ComeBack();
        await Eventually.HoldsAsync(async () => (await SubmitAsync()).Status == 202, "commands are taken again", TimeSpan.FromSeconds(40));
    }

    private async Task<Answer> SubmitAsync(params (string Name, string Value)[] headers)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var answer = await _world.SendAsync(HttpMethod.Post, $"/api/activities/{ApiWorld.ActivityId()}/rsvp", _token, "{}", headers);
        Assert.True(Stopwatch.GetElapsedTime(startedAt) < Bound, $"It took {Stopwatch.GetElapsedTime(startedAt)}.");
        return answer;
    }

    private sealed class World() : ApiWorld(hasDatabase: false, hasProxy: true);
}
