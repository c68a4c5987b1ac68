using System.Diagnostics;
using Rsvp.Cli.Storm;

namespace Rsvp.Cli.Tests.Storm;

public sealed class StormRoundTests
{
    [Fact]
    public void Everything_that_was_due_in_an_open_loop_is_sent_however_late_it_is()
    {
        var round = Start(count: 3, rate: 1_000, duration: TimeSpan.Zero);
        var taken = 0;
        while (round.TryTake(out _)) taken++;

        Assert.Equal(3, taken);
        Assert.Equal(3, round.TakenCount);
    }

    [Fact]
    public void A_closed_loop_ends_when_its_time_has_come()
    {
        var round = Start(count: 3, rate: null, duration: TimeSpan.Zero);

        Assert.False(round.TryTake(out _));
        Assert.False(round.IsSending);
    }

    [Fact]
    public void A_request_of_an_open_loop_waits_from_when_it_was_due_even_if_nobody_was_free_to_send_it()
    {
        var round = Start(count: 2, rate: 1_000, duration: null);
        SpinWait.SpinUntil(() => round.Elapsed > TimeSpan.FromMilliseconds(20));

        Assert.True(round.Due(1) <= TimeSpan.Zero);
        Assert.Equal(TimeSpan.FromMilliseconds(1), Stopwatch.GetElapsedTime(round.StartedAt, round.SentAt[1]));
        round.Begin(1);
        Assert.Equal(TimeSpan.FromMilliseconds(1), Stopwatch.GetElapsedTime(round.StartedAt, round.SentAt[1]));
    }

    [Fact]
    public void What_is_sent_before_it_was_due_waits_from_when_it_was_sent()
    {
        var round = Start(count: 2, rate: 0.01, duration: null);
        Assert.True(round.Due(1) > TimeSpan.FromSeconds(50));

        round.Begin(1);

        Assert.True(round.SentAt[1] <= Stopwatch.GetTimestamp());
    }

    [Fact]
    public void A_round_that_is_ended_sends_no_more()
    {
        var round = Start(count: 3, rate: null, duration: null);
        Assert.True(round.TryTake(out _));
        Assert.True(round.IsSending);

        round.EndSending();

        Assert.False(round.TryTake(out _));
        Assert.False(round.IsSending);
        Assert.Equal(1, round.TakenCount);
    }

    private static StormRound Start(int count, double? rate, TimeSpan? duration)
    {
        var round = new StormRound(Guid.NewGuid(), new Guid[count], new int[count], [], rate) { Duration = duration };
        round.Start();
        return round;
    }
}
