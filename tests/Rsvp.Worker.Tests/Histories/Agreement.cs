using System.Text.Json;
using Rsvp.Worker.Audit;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Tests.Histories;

/// <summary>What it means that the worker and the model agree.</summary>
internal static class Agreement
{
    /// <summary>The model and the decision core have the same parties, the same line and the same counts.</summary>
    public static void Check(NaiveActivity model, MemoryPartition partition, Telling telling)
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
    public static void Replay(MemoryPartition partition)
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
                At = (entry.After?.UpdatedAt ?? activity.CreatedAt).UtcDateTime,
                Present = present,
            });
        }

        replay.End();
        Assert.Empty(violations);
    }
}
