using Rsvp.Contracts;
using Rsvp.Testing;
using Rsvp.Worker.Audit;
using Rsvp.Worker.Waitlist;

namespace Rsvp.Worker.Tests.Partitions;

/// <summary>What a pass loads of the line is enough for its decision.</summary>
public sealed class LineLoadTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly World _world = new(database);

    [Fact]
    public async Task A_capacity_raised_to_unlimited_lets_the_whole_line_in()
    {
        var activity = await _world.OpenAsync(capacity: 0);
        await _world.ApplyAsync([World.Submit(activity, Guid.NewGuid()), World.Submit(activity, Guid.NewGuid(), 3)]);

        await _world.ApplyAsync([World.Patch(activity, _world.Host, new UpdateActivity { Clear = ["capacity"] }), World.PassOver(activity)]);

        Assert.Equal(4, await ConfirmedAsync(activity));
    }

    [Fact]
    public async Task Overtakes_of_earlier_passes_count_and_those_before_the_place_stood_there_do_not()
    {
        var activity = await _world.OpenAsync(capacity: 3, settings => settings with { SkipLimit = 2 });
        var seats = await SubmitAsync(activity, 1, 1, 1);
        var early = await SubmitAsync(activity, 1, 1);
        await LeaveAsync(activity, seats[0], seats[1]); // both early ones are let in, ahead of the big party
        await SubmitAsync(activity, 3);
        var later = await SubmitAsync(activity, 1, 1, 1);

        // One seat at a time, which the big party does not fit into.
        await LeaveAsync(activity, early[0]);
        await LeaveAsync(activity, early[1]);
        await LeaveAsync(activity, seats[2]);

        Assert.Equal(["confirmed", "confirmed", "waitlisted"], await StatusesAsync(activity, later));
    }

    [Fact]
    public async Task A_place_that_has_room_until_the_pass_gives_it_to_those_before_stops_the_line_at_its_limit()
    {
        var activity = await _world.OpenAsync(capacity: 5, settings => settings with { SkipLimit = 1 });
        var seats = await SubmitAsync(activity, 1, 1, 1, 1, 1);
        var line = await SubmitAsync(activity, 3, 4, 1, 1, 1);
        await LeaveAsync(activity, seats[0]); // the third is let in, past both before

        await LeaveAsync(activity, [.. seats[1..], line[2]]);

        Assert.Equal(["confirmed", "waitlisted", "waitlisted", "waitlisted"], await StatusesAsync(activity, [line[0], line[1], line[3], line[4]]));
        var audit = await new Auditor(database.DataSource).RunAsync();
        Assert.True(audit.IsClean, audit.ToString());
    }

    [Fact]
    public async Task A_place_larger_than_the_capacity_does_not_hide_the_one_that_stops_the_line()
    {
        var activity = await _world.OpenAsync(capacity: 3, settings => settings with { SkipLimit = 0 });
        var seats = await SubmitAsync(activity, 1, 2);
        var line = await SubmitAsync(activity, 4, 3, 1);

        await LeaveAsync(activity, seats[0]);

        Assert.Equal(["waitlisted", "waitlisted", "waitlisted"], await StatusesAsync(activity, line));
    }

    [Fact]
    public async Task A_line_longer_than_a_pass_is_let_in_by_several_in_order()
    {
        var activity = await _world.OpenAsync(capacity: 0);
        int[] sizes = [.. Enumerable.Range(0, (2 * Pass.PlacesMax) + 7).Select(n => 1 + (n % 3))];
        var line = await SubmitAsync(activity, sizes);
        await _world.ApplyAsync(World.Patch(activity, _world.Host, new UpdateActivity { Capacity = sizes.Sum() - 1 }));

        for (var pass = 1; pass <= 3; pass++)
        {
            await _world.ApplyAsync(World.PassOver(activity, pass));
            var letIn = Math.Min(pass * Pass.PlacesMax, line.Length - 1);
            Assert.Equal(letIn, await CountLetInAsync(activity, line[..letIn]));
            Assert.Equal(sizes[..letIn].Sum(), await ConfirmedAsync(activity));
        }
    }

    private async Task<Guid[]> SubmitAsync(Guid activity, params int[] sizes)
    {
        Guid[] users = [.. sizes.Select(_ => Guid.NewGuid())];
        await _world.ApplyAsync([.. users.Zip(sizes, (user, size) => World.Submit(activity, user, size))]);
        return users;
    }

    private async Task LeaveAsync(Guid activity, params Guid[] users) =>
        await _world.ApplyAsync([.. users.Select(user => World.Cancel(activity, user)), World.PassOver(activity)]);

    private Task<int> ConfirmedAsync(Guid activity) =>
        database.ScalarAsync<int>("SELECT confirmed_participants FROM activities WHERE activity_id = $1", activity);

    private Task<long> CountLetInAsync(Guid activity, Guid[] users) => database.ScalarAsync<long>(
        "SELECT count(*) FROM rsvps WHERE activity_id = $1 AND user_id = ANY($2) AND status = 'confirmed'", activity, users);

    private async Task<string[]> StatusesAsync(Guid activity, Guid[] users) => (await database.ScalarAsync<string[]>(
        "SELECT array_agg(status ORDER BY array_position($2, user_id)) FROM rsvps WHERE activity_id = $1 AND user_id = ANY($2)", activity, users))!;
}
