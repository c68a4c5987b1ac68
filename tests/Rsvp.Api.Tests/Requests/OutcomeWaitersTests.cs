using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Rsvp.Api.Requests;
using Rsvp.Contracts;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Requests;

public sealed class OutcomeWaitersTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly OutcomeWaiters _waiters;

    public OutcomeWaitersTests() => _waiters = new OutcomeWaiters(_lifetime);

    [Fact]
    public async Task Everybody_who_waits_for_a_request_hears_of_it()
    {
        var outcome = Outcome();
        using var first = _waiters.Add(outcome.RequestId);
        using var second = _waiters.Add(outcome.RequestId);
        using var other = _waiters.Add(Guid.NewGuid());

        _waiters.Complete(outcome);

        Assert.Same(outcome, await first.WaitAsync(TimeSpan.FromSeconds(30), _time, CancellationToken.None));
        Assert.Same(outcome, await second.WaitAsync(TimeSpan.FromSeconds(30), _time, CancellationToken.None));
        Assert.False(other.Task.IsCompleted);
    }

    [Fact]
    public async Task An_outcome_that_came_before_the_wait_began_is_not_missed()
    {
        var outcome = Outcome();
        using var waiter = _waiters.Add(outcome.RequestId);
        _waiters.Complete(outcome);

        Assert.Same(outcome, await waiter.WaitAsync(TimeSpan.Zero, _time, CancellationToken.None));
    }

    [Fact]
    public async Task A_wait_ends_with_nothing_when_its_time_is_up()
    {
        using var waiter = _waiters.Add(Guid.NewGuid());
        var wait = waiter.WaitAsync(TimeSpan.FromSeconds(5), _time, CancellationToken.None).AsTask();

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(await wait);
    }

    [Fact]
    public void Nothing_is_kept_of_those_who_no_longer_wait()
    {
        var requestId = Guid.NewGuid();
        var first = _waiters.Add(requestId);
        var second = _waiters.Add(requestId);
        var third = _waiters.Add(requestId);

        second.Dispose();
        third.Dispose();
        Assert.Equal(1, _waiters.Count);
        first.Dispose();

        Assert.Equal(0, _waiters.Count);
    }

    [Fact]
    public async Task A_waiter_that_leaves_does_not_take_the_others_along()
    {
        var outcome = Outcome();
        using var first = _waiters.Add(outcome.RequestId);
        var second = _waiters.Add(outcome.RequestId);
        using var third = _waiters.Add(outcome.RequestId);
        second.Dispose();

        _waiters.Complete(outcome);

        Assert.Same(outcome, await first.Task);
        Assert.Same(outcome, await third.Task);
        Assert.False(second.Task.IsCompleted);
    }

    [Fact]
    public async Task Waits_end_soon_after_the_service_is_told_to_stop()
    {
        using var waiter = _waiters.Add(Guid.NewGuid());

        _lifetime.StopApplication();

        Assert.Null(await Eventually.EndsAsync(waiter.Task, "the wait is given up"));
        using var late = _waiters.Add(Guid.NewGuid());
        Assert.True(late.Task.IsCompleted);
    }

    public void Dispose() => _waiters.Dispose();

    private static CommandOutcome Outcome() => new()
    {
        RequestId = Guid.NewGuid(),
        Command = CommandNames.SubmitRsvp,
        UserId = Guid.NewGuid(),
        ActivityId = Guid.NewGuid(),
        SubmittedAt = DateTimeOffset.UnixEpoch,
        CompletedAt = DateTimeOffset.UnixEpoch,
    };
}
