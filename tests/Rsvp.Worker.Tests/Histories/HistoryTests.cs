using CsCheck;
using Rsvp.Contracts;

namespace Rsvp.Worker.Tests.Histories;

/// <summary>Random histories of all commands, cut into random batches, against the naive model: every answer and every state must agree.</summary>
public sealed class HistoryTests
{
    private const int Iterations = 5_000;

    private static readonly DateTimeOffset Beginning = new(2031, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Decisions_agree_with_the_model_however_they_are_batched() =>
        HistoryGen.OverTime.Sample(Follow, iter: Iterations, print: history => history.ToString());

    private static void Follow(History history)
    {
        var telling = new Telling(history, Beginning);
        var model = new NaiveActivity(history.Beginning);
        var partition = new MemoryPartition(telling.KnownUsers);
        var now = Beginning;
        partition.Apply([telling.Create], now);

        var batch = new List<Command>();
        var expected = new List<Answer?>();
        foreach (var (step, cut) in history.Steps.Zip(history.Cuts))
        {
            if (step is Step.Wait wait)
            {
                ApplyBatch();
                model.Wait(wait.Hours);
                now = now.AddHours(wait.Hours);
            }
            else
            {
                if (Telling.NamesRsvps(step))
                {
                    ApplyBatch();
                }

                if (telling.Next(step) is not var (told, command, key))
                {
                    continue;
                }

                batch.Add(command);
                expected.Add(model.Answer(command.RequestId.ToString(), key, told));
            }

            // Groups and RSVPs are named by ids, which are known once their batch was applied.
            if (cut || step is Step.Group)
            {
                ApplyBatch();
            }
        }

        ApplyBatch();
        Agreement.Replay(partition);

        void ApplyBatch()
        {
            var outcomes = partition.Apply(batch, now);
            model.EndBatch();
            foreach (var (answer, outcome) in expected.Zip(outcomes))
            {
                Assert.Equal(answer, answer is null ? null : telling.Hear(outcome));
            }

            Assert.Equal(batch.Count, outcomes.Count);
            Agreement.Check(model, partition, telling);
            batch.Clear();
            expected.Clear();
        }
    }
}
