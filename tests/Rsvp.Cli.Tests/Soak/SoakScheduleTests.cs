using Rsvp.Cli.Soak;

namespace Rsvp.Cli.Tests.Soak;

public sealed class SoakScheduleTests
{
    private const int SeedCount = 50;

    [Fact]
    public void The_same_seed_draws_the_same_faults()
    {
        var first = SoakSchedule.From(7, 10);

        Assert.Equal(first, SoakSchedule.From(7, 10));
        Assert.NotEqual(first, SoakSchedule.From(8, 10));
    }

    [Fact]
    public void A_longer_soak_begins_like_a_shorter_one()
    {
        var shorter = SoakSchedule.From(7, 3);

        Assert.Equal(shorter, SoakSchedule.From(7, 10).Take(shorter.Count));
    }

    [Fact]
    public void Every_fault_ends_and_recovers_before_the_next_and_before_the_end()
    {
        for (var seed = 0; seed < SeedCount; seed++)
        {
            var schedule = SoakSchedule.From(seed, 5);
            var free = SoakSchedule.QuietBefore;

            Assert.NotEmpty(schedule);
            foreach (var fault in schedule)
            {
                Assert.True(fault.Offset >= free, $"seed {seed}: {fault} overlaps");
                free = fault.Offset + Length(fault);
            }

            Assert.True(free <= TimeSpan.FromMinutes(5), $"seed {seed}: the last fault does not end in time");
        }
    }

    [Fact]
    public void Every_fault_keeps_the_bounds_of_its_kind()
    {
        foreach (var fault in Enumerable.Range(0, SeedCount).SelectMany(seed => SoakSchedule.From(seed, 5)).SelectMany(Flat))
        {
            var kind = FaultKind.Of(fault);

            Assert.InRange(fault.Duration.TotalSeconds, kind.SecondsMin, kind.SecondsMax);
        }
    }

    [Fact]
    public void Only_a_server_fails_while_a_worker_is_in_trouble()
    {
        var nested = Enumerable.Range(0, SeedCount).SelectMany(seed => SoakSchedule.From(seed, 5)).Where(fault => fault.Meanwhile is not null).ToList();

        Assert.NotEmpty(nested);
        Assert.All(nested, fault => Assert.StartsWith("worker-", fault.Victim, StringComparison.Ordinal));
        Assert.All(nested, fault => Assert.True(FaultKind.Of(fault.Meanwhile!).IsOfServer && fault.Meanwhile!.Meanwhile is null, fault.ToString()));
    }

    [Fact]
    public void A_worker_is_frozen_for_more_than_three_heartbeats_of_two_seconds() =>
        Assert.True(FaultKind.All.Single(kind => kind.Name == "freeze").SecondsMin > 6);

    [Fact]
    public void In_a_quarter_of_an_hour_every_kind_of_fault_comes()
    {
        var kinds = SoakSchedule.From(1, 15).Select(FaultKind.Of).Distinct();

        Assert.Equal(FaultKind.All.Count, kinds.Count());
    }

    [Fact]
    public void A_kind_of_fault_is_known_by_its_name_and_victim()
    {
        var names = FaultKind.All.SelectMany(kind => kind.Victims.Select(victim => (kind.Name, victim))).ToList();

        Assert.Equal(names.Count, names.Distinct().Count());
    }

    [Fact]
    public void The_same_seed_draws_the_same_people_doing_the_same()
    {
        var steps = SoakLoad.StepsOf(7, 3).Take(100).ToList();

        Assert.Equal(steps, SoakLoad.StepsOf(7, 3).Take(100));
        Assert.NotEqual(steps, SoakLoad.StepsOf(7, 4).Take(100));
        Assert.NotEqual(steps, SoakLoad.StepsOf(8, 3).Take(100));
        Assert.Equal(SoakLoad.UserId(7, 3), SoakLoad.UserId(7, 3));
        Assert.Equal(SoakLoad.PersonCount, Enumerable.Range(0, SoakLoad.PersonCount).Select(person => SoakLoad.UserId(7, person)).Distinct().Count());
    }

    private static TimeSpan Length(ScheduledFault fault) => Flat(fault).Aggregate(TimeSpan.Zero, (sum, one) => sum + one.Duration + FaultKind.Of(one).Allowance);

    private static IEnumerable<ScheduledFault> Flat(ScheduledFault fault) => fault.Meanwhile is null ? [fault] : [fault, fault.Meanwhile];
}
