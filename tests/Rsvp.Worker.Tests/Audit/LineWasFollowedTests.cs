using Rsvp.Testing;
using Rsvp.Worker.Audit;

namespace Rsvp.Worker.Tests.Audit;

/// <summary>Histories that keep the books and break the policy: only the replay sees it.</summary>
public sealed class LineWasFollowedTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Confirming_a_newcomer_while_somebody_waits_is_reported()
    {
        var world = new AuditWorld(capacity: 2);
        world.Confirm(1);
        world.Wait(2);
        world.Confirm(1);

        await SaysAsync(world, "1 seats were given to somebody who did not wait (rule seat_free), while 1 parties were waiting");
    }

    [Fact]
    public async Task Confirming_more_than_fit_is_reported()
    {
        var world = new AuditWorld(capacity: 2);
        world.Confirm(3);

        await SaysAsync(world, "3 seats were given (rule seat_free), but 2 were free", "I1", "I8");
    }

    [Fact]
    public async Task Growth_of_a_confirmed_party_while_somebody_waits_is_reported()
    {
        var world = new AuditWorld(capacity: 3);
        var party = world.Confirm(1);
        world.Wait(3);
        world.Resize(party, 2);

        await SaysAsync(world, "1 seats were given to somebody who did not wait (rule growth)");
    }

    [Fact]
    public async Task A_waiting_party_that_grows_and_keeps_its_place_is_reported()
    {
        var world = new AuditWorld(capacity: 0);
        var party = world.Wait(1);
        world.Resize(party, 2);

        await SaysAsync(world, "a waiting party grew from 1 to 2 and kept its place");
    }

    [Fact]
    public async Task Letting_a_newcomer_wait_though_nobody_waits_and_seats_are_free_is_reported()
    {
        var world = new AuditWorld(capacity: 3);
        var party = world.Wait(2);
        world.Promote(party);

        await SaysAsync(world, "of 2 people had to wait, though nobody waited and 3 seats were free");
    }

    [Fact]
    public async Task Joining_anywhere_but_at_the_end_is_reported()
    {
        var world = new AuditWorld(capacity: 0);
        world.Wait(1);
        world.Wait(1, "line_ahead", key: 5);

        await SaysAsync(world, "it joins the line at key 5, but the last in line stands at 1048576");
    }

    [Fact]
    public async Task Letting_the_second_in_before_the_first_that_fits_is_reported()
    {
        var world = new AuditWorld(capacity: 1);
        var party = world.Confirm(1);
        world.Wait(1);
        var second = world.Wait(1, "line_ahead");
        world.Cancel(party);
        world.Promote(second);

        await SaysAsync(world, "which fits into 1 free seats too");
    }

    [Fact]
    public async Task Letting_in_a_place_that_does_not_fit_is_reported()
    {
        var world = new AuditWorld(capacity: 2);
        var party = world.Confirm(2);
        var next = world.Wait(2);
        world.Resize(party, 1);
        world.Promote(next);

        await SaysAsync(world, "of 2 people was let in (rule pass), but 1 seats were free", "I1", "I8");
    }

    [Fact]
    public async Task Letting_in_a_part_of_a_group_is_reported()
    {
        var world = new AuditWorld(capacity: 4, skipLimit: 0);
        var party = world.Confirm(4);
        var group = Guid.NewGuid();
        var first = world.Wait(1, placeId: group);
        world.Wait(3, placeId: group);
        world.Resize(party, 3);
        world.Promote(first);

        await SaysAsync(world, "was let in (rule pass), but 1 seats were free");
    }

    [Fact]
    public async Task Leaving_a_part_of_a_group_behind_is_reported()
    {
        var world = new AuditWorld(capacity: 4, skipLimit: 0);
        var party = world.Confirm(4);
        var group = Guid.NewGuid();
        var first = world.Wait(1, placeId: group);
        var second = world.Wait(1, placeId: group);
        world.Resize(party, 2);
        world.Promote(first);
        world.Confirm(1);
        world.Cancel(second);

        await SaysAsync(world, "was let in, but 1 of its parties were left in line");
    }

    [Theory]
    [InlineData(2, 3, false)]
    [InlineData(3, 3, true)]
    [InlineData(null, 3, true)]
    [InlineData(2, 4, true)] // larger than the capacity: it never stops the line
    public async Task Overtaking_is_judged_by_the_skip_limit(int? skipLimit, int bigPlace, bool isAllowed)
    {
        var world = new AuditWorld(capacity: 3, skipLimit);
        var party = world.Confirm(3);
        world.Wait(bigPlace);
        var singles = new[] { world.Wait(1, "line_ahead"), world.Wait(1, "line_ahead"), world.Wait(1, "line_ahead") };
        world.Resize(party, 1);
        world.Promote(singles[0]);
        world.Promote(singles[1]);
        world.Cancel(party);
        world.Promote(singles[2]);

        if (isAllowed)
        {
            await ReportsAsync(world);
        }
        else
        {
            await SaysAsync(world, "which had been overtaken 2 times; the skip limit is 2");
        }
    }

    [Fact]
    public async Task Overtakes_are_forgotten_when_a_place_goes_to_the_back()
    {
        var world = new AuditWorld(capacity: 2, skipLimit: 1);
        var party = world.Confirm(2);
        var pair = world.Wait(2);
        var first = world.Wait(1, "line_ahead");
        world.Resize(party, 1);
        world.Promote(first); // the first overtake
        world.Cancel(pair);
        world.WaitAgain(pair);
        var second = world.Wait(1, "line_ahead");
        world.Cancel(first);
        world.Promote(second); // again the first

        await ReportsAsync(world);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Overtakes_are_forgotten_when_a_host_moves_a_place_even_to_where_it_stands(bool isMoved)
    {
        var world = new AuditWorld(capacity: 2, skipLimit: 1);
        var party = world.Confirm(2);
        var pair = world.Wait(2);
        var first = world.Wait(1, "line_ahead");
        var second = world.Wait(1, "line_ahead");
        world.Resize(party, 1);
        world.Promote(first); // the first overtake
        if (isMoved)
        {
            world.MoveInPlace(pair);
        }

        world.Cancel(first);
        world.Promote(second);

        if (isMoved)
        {
            await ReportsAsync(world);
        }
        else
        {
            await SaysAsync(world, "which had been overtaken 1 times; the skip limit is 1");
        }
    }

    [Fact]
    public async Task A_host_may_choose_and_it_is_no_overtake()
    {
        var world = new AuditWorld(capacity: 2, skipLimit: 1);
        var party = world.Confirm(2);
        world.Wait(2);
        var chosen = world.Wait(1, "line_ahead");
        var next = world.Wait(1, "line_ahead");
        world.Resize(party, 1);
        world.Promote(chosen, "host");
        world.Cancel(party);
        world.Promote(next);

        await ReportsAsync(world);
    }

    [Fact]
    public async Task Settings_hold_from_the_row_that_changes_them()
    {
        var world = new AuditWorld(capacity: 1, skipLimit: 0);
        world.Confirm(1);
        world.Wait(3);
        var single = world.Wait(1, "line_ahead");
        world.ChangeSettings(capacity: 3, skipLimit: 1);
        world.Promote(single);
        world.ChangeSettings(capacity: null);

        await ReportsAsync(world, "I4");
    }

    [Fact]
    public async Task Capacity_below_what_is_taken_is_reported()
    {
        var world = new AuditWorld(capacity: 3);
        world.Confirm(3);
        world.ChangeSettings(capacity: 2);

        await SaysAsync(world, "the capacity was lowered to 2 while 3 seats were taken", "I1", "I8");
    }

    [Fact]
    public async Task The_replay_of_an_activity_ends_at_its_fifth_violation()
    {
        var world = new AuditWorld(capacity: 0);
        for (var i = 0; i < 9; i++)
        {
            world.Confirm(1);
        }

        var report = await ReportsAsync(world, "I1", "I8");

        Assert.Equal(5, report.Invariants.Single(invariant => invariant.Id == "I8").ViolationCount);
    }

    private async Task<AuditReport> ReportsAsync(AuditWorld world, params string[] invariants)
    {
        await using var sandbox = await AuditSandbox.OpenAsync(database);
        await sandbox.SaveAsync(world);
        return await sandbox.ReportsAsync(invariants);
    }

    private async Task SaysAsync(AuditWorld world, string violation, params string[] invariants)
    {
        var report = await ReportsAsync(world, invariants is [] ? ["I8"] : invariants);

        Assert.Contains(violation, report.ToString(), StringComparison.Ordinal);
    }
}
