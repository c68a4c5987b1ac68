using Rsvp.Contracts;
using Rsvp.Testing;
using Rsvp.Worker.CheckIns;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.CheckIns;

public sealed class ReleaseNoShowsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int AbsentMore = 20;
    private const int WaitingCount = 5;

    private readonly World _world = new(database);

    [Fact]
    public async Task Whoever_is_let_in_after_a_host_released_the_absent_stays_however_often_the_rest_of_it_is_delivered()
    {
        var activity = await OpenStartedAsync(ReleaseNoShowsDecision.RsvpsMax + AbsentMore);
        await _world.ApplyAsync([.. Submits(activity, ReleaseNoShowsDecision.RsvpsMax)]);
        await _world.ApplyAsync([.. Submits(activity, AbsentMore + WaitingCount)]);

        var rest = await ReleaseAsync(World.Envelope(activity, _world.Host, CommandNames.ReleaseNoShows) with { ReleaseNoShows = new ReleaseNoShows() });
        var goOn = await ReleaseAsync(rest);
        await _world.ApplyAsync(goOn);
        var letIn = await ConfirmedAsync(activity);
        var again = await _world.ApplyAsync(rest);

        Assert.Equal(WaitingCount, letIn);
        Assert.Equal(letIn, await ConfirmedAsync(activity));
        Assert.Empty(again.Results!);
    }

    private async Task<Command> ReleaseAsync(Command release)
    {
        var applied = await _world.Applier().ApplyAsync([release], 0, default);
        Assert.Null(applied.Outcomes[0].Problem);
        return applied.Outbox.Select(sent => sent.Message).OfType<CommandBatch>().Single().Commands.Single();
    }

    private Task<Guid> OpenStartedAsync(int capacity)
    {
        var now = TimeProvider.System.GetUtcNow();
        return _world.OpenAsync(capacity, settings => settings with { StartsAt = now.AddHours(-1), RegistrationClosesAt = now.AddHours(1) });
    }

    private static IEnumerable<Command> Submits(Guid activity, int count) => Enumerable.Range(0, count).Select(_ => World.Submit(activity, Guid.NewGuid()));

    private Task<int> ConfirmedAsync(Guid activity) => database.ScalarAsync<int>("SELECT confirmed_participants FROM activities WHERE activity_id = $1", activity);
}
