using Rsvp.Testing;
using Rsvp.Worker.Tests.Audit;

namespace Rsvp.Worker.Tests.Partitions;

/// <summary>A seat is free, and whoever waits is too many for it: it is not the newcomer's. With the line in sight, and with the line hidden from the decision as the control.</summary>
public sealed class OvertakingTests
{
    [Fact]
    public async Task A_newcomer_who_would_fit_stands_behind_the_line()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (world, activity) = await WithLineAsync(database);

        var newcomer = await world.ApplyAsync(World.Submit(activity, Guid.NewGuid()));
        await world.ApplyAsync(World.PassOver(activity));

        Assert.Equal(("waitlisted", 2), (newcomer.Rsvp?.Status, newcomer.Rsvp?.WaitlistPosition));
        Assert.Empty(await database.BrokenAsync());
    }

    [Fact]
    public async Task Control_a_newcomer_who_is_decided_without_the_line_overtakes_it_and_only_the_replay_finds_out()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (world, activity) = await WithLineAsync(database);

        await database.ExecuteAsync("UPDATE activities SET waitlisted_places = 0 WHERE activity_id = $1", activity);
        var newcomer = await world.ApplyAsync(World.Submit(activity, Guid.NewGuid()));
        await database.ExecuteAsync("UPDATE activities SET waitlisted_places = 1 WHERE activity_id = $1", activity);

        Assert.Equal("confirmed", newcomer.Rsvp?.Status);
        Assert.Equal(["I8"], await database.BrokenAsync());
    }

    /// <summary>One of two seats is taken, and a party of two waits; nobody may be let in past it.</summary>
    private static async Task<(World World, Guid Activity)> WithLineAsync(TestDatabase database)
    {
        var world = new World(database);
        var activity = await world.OpenAsync(capacity: 2, settings => settings with { SkipLimit = 0 });
        var outcomes = await world.ApplyAsync([World.Submit(activity, Guid.NewGuid()), World.Submit(activity, Guid.NewGuid(), 2)]);
        Assert.Equal(["confirmed", "waitlisted"], outcomes.Select(outcome => outcome.Rsvp?.Status));
        return (world, activity);
    }
}
