using Rsvp.Contracts;
using Rsvp.Testing;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.Decisions;

/// <summary>Outcomes are kept for weeks: what somebody wrote is in those only that are found when they are erased.</summary>
public sealed class OutcomeWordsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Words = "A ramp";

    private readonly World _world = new(database);

    [Fact]
    public async Task A_host_is_told_them_where_something_changed_and_not_where_nothing_did()
    {
        var (activity, user, _) = await AskAsync(capacity: 5);
        var scan = World.Envelope(activity, _world.Host, CommandNames.CheckIn) with { RsvpUserId = user, CheckIn = new CheckIn() };

        var first = await _world.ApplyAsync(scan);
        var second = await _world.ApplyAsync(scan with { RequestId = Guid.NewGuid() });

        Assert.Equal(Words, first.Rsvp!.SpecialRequirements);
        Assert.NotNull(second.Problem!.Rsvp);
        Assert.Null(second.Problem.Rsvp.SpecialRequirements);
    }

    [Fact]
    public async Task A_dry_run_tells_a_host_none_of_them()
    {
        var (activity, _, rsvpId) = await AskAsync(capacity: 0);

        var tried = await _world.ApplyAsync(World.Envelope(activity, _world.Host, CommandNames.BulkWaitlist) with
        {
            BulkWaitlist = new BulkWaitlist { Action = "remove", RsvpIds = [rsvpId], DryRun = true },
        });

        var result = Assert.Single(tried.Results!);
        Assert.NotNull(result.Rsvp);
        Assert.Null(result.Rsvp.SpecialRequirements);
    }

    [Fact]
    public async Task Their_own_are_told_whoever_asks_for_themselves()
    {
        var (activity, user, _) = await AskAsync(capacity: 5);

        var same = await _world.ApplyAsync(World.Resize(activity, user, 1));

        Assert.Equal(Words, same.Rsvp!.SpecialRequirements);
        Assert.Equal(1, same.Rsvp.Version);
    }

    private async Task<(Guid Activity, Guid User, Guid RsvpId)> AskAsync(int capacity)
    {
        var activity = await _world.OpenAsync(capacity, settings => settings with { StartsAt = TimeProvider.System.GetUtcNow().AddMinutes(30) });
        var user = Guid.NewGuid();
        var asked = await _world.ApplyAsync(
            World.Envelope(activity, user, CommandNames.SubmitRsvp) with { SubmitRsvp = new SubmitRsvp { SpecialRequirements = Words } });
        return (activity, user, asked.Rsvp!.Id);
    }
}
