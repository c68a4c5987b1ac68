using System.Diagnostics;
using Rsvp.Bench.Comparison;
using Rsvp.Bench.Load;
using Rsvp.Cli.Storm;

namespace Rsvp.Cli.Tests.Bench;

public sealed class RoundTests
{
    [Theory]
    [InlineData(AnswerKind.Confirmed, true)]
    [InlineData(AnswerKind.Waitlisted, true)]
    [InlineData(AnswerKind.Pending, false)]
    [InlineData(AnswerKind.Refused, false)]
    [InlineData(AnswerKind.Error, false)]
    [InlineData(AnswerKind.None, false)]
    public void A_round_that_waits_for_outcomes_has_figures_only_when_each_is_a_place(object kind, bool hasFigures)
    {
        var round = Answered([AnswerKind.Confirmed, (AnswerKind)kind], endsAtAcceptance: false);

        if (hasFigures) Assert.Equal(2, RoundRunner.CountGranted("it", round));
        else Assert.Throws<NoFiguresException>(() => RoundRunner.CountGranted("it", round));
    }

    [Fact]
    public void A_round_that_ends_at_acceptance_is_content_with_it() =>
        Assert.Equal(2, RoundRunner.CountGranted("it", Answered([AnswerKind.Pending, AnswerKind.Confirmed], endsAtAcceptance: true)));

    [Fact]
    public void The_pool_with_the_best_median_is_the_best_and_not_the_one_with_the_best_round() =>
        Assert.Equal(16, PoolSweep.Best([Trial(4, 900), Trial(4, 100), Trial(4, 200), Trial(16, 300), Trial(16, 310), Trial(16, 290)]));

    [Fact]
    public void Times_of_a_part_of_a_round_are_of_what_was_sent_in_it()
    {
        var round = new StormRound(Guid.NewGuid(), new Guid[3], new int[3], [], rate: null);
        for (var index = 0; index < 3; index++)
        {
            round.SentAt[index] = index * Stopwatch.Frequency;
            round.DoneAt[index] = round.SentAt[index] + ((index + 1) * Stopwatch.Frequency);
        }

        Assert.Equal([TimeSpan.FromSeconds(2)], round.Times(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void Batches_of_all_series_are_counted()
    {
        var count = BatchCount.Read(
            """
            # TYPE rsvp_api_batch_commands histogram
            rsvp_api_batch_commands_bucket{otel_scope_name="Rsvp",le="1"} 7 1700000000000
            rsvp_api_batch_commands_sum{otel_scope_name="Rsvp"} 1200 1700000000000
            rsvp_api_batch_commands_count{otel_scope_name="Rsvp"} 3 1700000000000
            rsvp_api_commands_total{acceptance="accepted"} 99
            """);

        Assert.Equal(400, (count - default(BatchCount)).CommandsPerBatch);
        Assert.Null((count - count).CommandsPerBatch);
    }

    private static StormRound Answered(AnswerKind[] kinds, bool endsAtAcceptance)
    {
        var round = new StormRound(Guid.NewGuid(), new Guid[kinds.Length], new int[kinds.Length], [], rate: null) { EndsAtAcceptance = endsAtAcceptance };
        round.Start();
        foreach (var kind in kinds)
        {
            round.TryTake(out var index);
            round.Complete(index, new Answer(kind, Guid.NewGuid(), null));
        }

        return round;
    }

    private static RoundFigures Trial(int poolSize, double perSecond) => new()
    {
        Part = "pool",
        Scenario = "one activity",
        Contender = "row_lock",
        Round = 1,
        Connections = 1_000,
        Activities = 1,
        PoolSize = poolSize,
        Sent = 1,
        Done = 1,
        ElapsedSeconds = 1,
        PerSecond = perSecond,
        LatencyMs = LatencyFigures.From(LatencyFigures.Record([])),
        Distribution = [],
        Outcomes = [],
        CpuSeconds = [],
        MemoryMb = [],
    };
}
