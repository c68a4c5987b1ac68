using System.Text.Json;
using CsCheck;
using Rsvp.Contracts;
using Rsvp.Worker.Audit;
using Rsvp.Worker.Decisions;

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
        Replay(partition);

        void ApplyBatch()
        {
            var outcomes = partition.Apply(batch, now);
            model.EndBatch();
            foreach (var (answer, outcome) in expected.Zip(outcomes))
            {
                Assert.Equal(answer, answer is null ? null : telling.Hear(outcome));
            }

            Assert.Equal(batch.Count, outcomes.Count);
            Compare(model, partition, telling);
            batch.Clear();
            expected.Clear();
        }
    }

    private static void Compare(NaiveActivity model, MemoryPartition partition, Telling telling)
    {
        var activity = partition.Activity!;
        var parties = model.Parties.Values.OrderBy(party => party.User);
        Assert.Equal(
            parties.Select(party => (party.User, party.Status, party.Size, party.Text, party.Version)),
            partition.Rsvps.OrderBy(rsvp => telling.UserOf(rsvp.UserId)).Select(rsvp =>
                (telling.UserOf(rsvp.UserId), OutcomeBuilder.StatusName(rsvp.Status), rsvp.PartySize, rsvp.SpecialRequirements, rsvp.Version)));
        Assert.Equal(
            model.Line.Select(place => string.Join(' ', place.Parties.Select(party => party.User).Order())),
            partition.Places.Select(place => string.Join(' ', place.Select(rsvp => telling.UserOf(rsvp.UserId)).Order())));
        Assert.All(partition.Places, place => Assert.All(place, rsvp => Assert.Equal(place.Sum(mate => mate.PartySize), rsvp.Place!.Spots)));
        Assert.Equal(model.Overtook, partition.Log.Where(entry => entry.Rule == Rules.Pass).Select(entry => entry.Overtook!.Value));
        Assert.Equal(model.Confirmed, activity.Confirmed);
        Assert.Equal(model.Offered, activity.Offered);
        Assert.Equal(model.Overridden, activity.Overridden);
        Assert.Equal(model.Line.Sum(place => place.Size), activity.Waitlisted);
        Assert.Equal(model.Line.Count, activity.WaitlistedPlaces);
        Assert.True(model.Capacity is null || activity.Confirmed + activity.Offered <= model.Capacity + activity.Overridden, "overbooked");
        Assert.Equal(partition.Log.Count, activity.LogSeq);

        // No wake-up is lost: where the policy owes somebody a seat, the vacancy is noted.
        Assert.True(model.Next() is null || activity.VacantSince is not null, $"nobody is told that user {model.Next()?.Parties[0].User} can be let in");
    }

    /// <summary>The auditor's replay must agree that the log tells of a followed line.</summary>
    private static void Replay(MemoryPartition partition)
    {
        var activity = partition.Activity!;
        var line = partition.Line.ToList();
        var present = new PresentState(
            activity.Settings.Capacity, activity.Settings.SkipLimit, line.Count, line.Sum(rsvp => (decimal)rsvp.Place!.LineKey));
        var violations = new List<Violation>();
        var replay = new ActivityReplay(activity.Id, violations.Add);
        foreach (var entry in partition.Log)
        {
            replay.Step(new LogRow
            {
                ActivityId = activity.Id,
                Seq = entry.Seq,
                RsvpId = entry.After?.Id,
                Action = entry.Action,
                PreviousStatus = entry.Before is null ? null : OutcomeBuilder.StatusName(entry.Before.Status),
                NewStatus = entry.After is null ? null : OutcomeBuilder.StatusName(entry.After.Status),
                Spots = entry.Spots,
                SpotsAffected = entry.SpotsAffected,
                FreeBefore = entry.FreeBefore,
                Rule = entry.Rule,
                Code = entry.Code,
                LineKey = entry.LineKey,
                PlaceId = entry.After?.PlaceId,
                Metadata = entry.Settings is null ? null : JsonSerializer.Serialize(entry.Settings, JsonSerializerOptions.Web),
                At = entry.After?.UpdatedAt.UtcDateTime ?? Beginning.UtcDateTime,
                Present = present,
            });
        }

        replay.End();
        Assert.Empty(violations);
    }
}
