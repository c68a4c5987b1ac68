using Rsvp.Testing;
using Rsvp.Worker.Audit;

namespace Rsvp.Worker.Tests.Audit;

public sealed class NoSeatIsStrandedTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_free_seat_that_the_next_in_line_fits_into_is_reported()
    {
        var world = new AuditWorld(capacity: 2);
        var party = world.Confirm(2);
        world.Wait(1);
        world.Cancel(party);

        var report = await ReportsAsync(world, "I4");

        Assert.Contains("2 seats are free (capacity 2, vacant since null)", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Raised_capacity_counts_as_free_seats()
    {
        var world = new AuditWorld(capacity: 0);
        world.Wait(1);
        world.ChangeSettings(capacity: null);

        await ReportsAsync(world, "I4");
    }

    [Fact]
    public async Task A_place_that_does_not_fit_may_wait_beside_free_seats()
    {
        var world = new AuditWorld(capacity: 2);
        world.Confirm(1);
        world.Wait(2);
        world.Wait(3, "line_ahead");

        await ReportsAsync(world);
    }

    [Fact]
    public async Task A_group_waits_until_all_of_it_fits()
    {
        var world = new AuditWorld(capacity: 3);
        var party = world.Confirm(3);
        var group = Guid.NewGuid();
        world.Wait(1, placeId: group);
        world.Wait(2, placeId: group);
        world.Resize(party, 1);

        await ReportsAsync(world);
    }

    [Theory]
    [InlineData(2, "")] // overtaken as often as the limit says: the line has stopped there
    [InlineData(3, "I4")]
    [InlineData(null, "I4")]
    public async Task A_place_overtaken_often_enough_keeps_those_behind_it_waiting(int? skipLimit, string invariants)
    {
        await ReportsAsync(OvertakenTwice(skipLimit, bigPlace: 3), invariants.Split(',', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_place_larger_than_the_capacity_never_stops_the_line()
    {
        await ReportsAsync(OvertakenTwice(skipLimit: 2, bigPlace: 4), "I4");
    }

    [Fact]
    public async Task With_skip_limit_zero_the_first_that_does_not_fit_stops_the_line()
    {
        var world = new AuditWorld(capacity: 3, skipLimit: 0);
        var party = world.Confirm(3);
        world.Wait(3);
        world.Wait(1, "line_ahead");
        world.Resize(party, 2);

        await ReportsAsync(world);
    }

    [Fact]
    public async Task While_something_is_in_flight_a_noted_vacancy_is_left_to_its_pass()
    {
        await using var sandbox = await AuditSandbox.OpenAsync(database);
        var world = new AuditWorld(capacity: 1);
        var party = world.Confirm(1);
        world.Wait(1);
        world.Cancel(party);
        await sandbox.SaveAsync(world);

        await sandbox.ReportsAsync(new AuditOptions { IsQuiescent = false }, "I4");
        await sandbox.ExecuteAsync("UPDATE activities SET vacant_since = now()");
        await sandbox.ReportsAsync(new AuditOptions { IsQuiescent = false });
        await sandbox.ReportsAsync(new AuditOptions { IsQuiescent = false, VacancyAtMost = TimeSpan.FromMinutes(1) });
        await sandbox.ReportsAsync(new AuditOptions { IsQuiescent = false, VacancyAtMost = TimeSpan.Zero }, "I4");
        await sandbox.ReportsAsync("I4");
    }

    [Theory]
    [InlineData("cancelled_at = now()")]
    [InlineData("starts_at = now() + interval '59 minutes', promotion_cutoff_minutes = 60")]
    public async Task After_the_cut_off_and_when_called_off_nobody_is_owed_a_seat(string change)
    {
        await using var sandbox = await AuditSandbox.OpenAsync(database);
        var world = new AuditWorld(capacity: 1);
        var party = world.Confirm(1);
        world.Wait(1);
        world.Cancel(party);
        await sandbox.SaveAsync(world);
        await sandbox.ExecuteAsync($"UPDATE activities SET {change}");

        await sandbox.ReportsAsync();
    }

    private async Task<AuditReport> ReportsAsync(AuditWorld world, params string[] invariants)
    {
        await using var sandbox = await AuditSandbox.OpenAsync(database);
        await sandbox.SaveAsync(world);
        return await sandbox.ReportsAsync(invariants);
    }

    /// <summary>One seat is free, a single waits, and ahead of it a place that was overtaken twice.</summary>
    private static AuditWorld OvertakenTwice(int? skipLimit, int bigPlace)
    {
        var world = new AuditWorld(capacity: 3, skipLimit);
        var party = world.Confirm(3);
        world.Wait(bigPlace);
        var first = world.Wait(1, "line_ahead");
        var second = world.Wait(1, "line_ahead");
        world.Wait(1, "line_ahead");
        world.Resize(party, 1);
        world.Promote(first);
        world.Promote(second);
        world.Cancel(first);
        return world;
    }
}
