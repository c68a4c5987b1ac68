using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rsvp.Contracts;
using Rsvp.Hosting.Partitions;
using Rsvp.Testing;
using Rsvp.Worker.Activities;
using Rsvp.Worker.Offers;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Promotion;
using Rsvp.Worker.Scheduling;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.Scheduling;

/// <summary>Work that was lost on its way is found and sent again.</summary>
public sealed class SafetyNetTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly World _world = new(database);
    private readonly IMeterFactory _meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    private readonly SystemCommands _commands = new(Options.Create(new PartitionTopologyOptions()), TimeProvider.System);

    // Never started: what it is handed stays in the table.
    private OutboxDispatcher Dispatcher => new(bus: null!, database.DataSource, _meters, TimeProvider.System, NullLogger<OutboxDispatcher>.Instance);

    [Fact]
    public async Task A_vacancy_that_nobody_served_is_announced_again()
    {
        var activity = await _world.OpenAsync(capacity: 1);
        var seated = Guid.NewGuid();
        await _world.ApplyAsync(World.Submit(activity, seated));
        await _world.ApplyAsync(World.Submit(activity, Guid.NewGuid()));
        await _world.ApplyAsync(World.Cancel(activity, seated));

        await AssertSentAgainAsync(
            new StrandedSeats(database.DataSource, Dispatcher, TimeProvider.System, _meters, NullLogger<StrandedSeats>.Instance),
            activity,
            lost: "UPDATE activities SET vacant_since = now() - interval '6 seconds' WHERE activity_id = $1",
            sent: "version");
    }

    [Fact]
    public async Task Offers_whose_deadline_is_gone_are_expired()
    {
        var activity = await _world.OpenAsync(capacity: 0, settings => settings with { PromotionMode = "offer" });
        await _world.ApplyAsync(World.Submit(activity, Guid.NewGuid()));
        await _world.ApplyAsync(World.Patch(activity, _world.Host, new UpdateActivity { Capacity = 1 }));
        await _world.ApplyAsync(World.PassOver(activity));

        await AssertSentAgainAsync(
            new OverdueOffers(database.DataSource, _commands, Dispatcher, _meters, NullLogger<OverdueOffers>.Instance),
            activity,
            lost: """
                WITH gone AS (DELETE FROM deadlines WHERE activity_id = $1)
                UPDATE rsvps SET offer_expires_at = now() - interval '11 seconds', offer_remind_at = NULL WHERE activity_id = $1 AND status = 'offered'
                """,
            sent: CommandNames.ExpireOffers);
    }

    [Fact]
    public async Task An_activity_that_was_called_off_and_then_forgotten_is_gone_on_with()
    {
        var activity = await _world.OpenAsync(capacity: 1);
        await _world.ApplyAsync(World.Submit(activity, Guid.NewGuid()));
        await _world.ApplyAsync(World.Envelope(activity, _world.Host, CommandNames.CancelActivity) with { CancelActivity = new CancelActivity { Reason = "Storm" } });

        await AssertSentAgainAsync(
            new UnfinishedCallOffs(database.DataSource, _commands, Dispatcher, _meters, NullLogger<UnfinishedCallOffs>.Instance),
            activity,
            lost: "UPDATE rsvp_analytics SET at = at - interval '31 seconds' WHERE activity_id = $1",
            sent: CommandNames.EndRsvps);
    }

    /// <param name="net">Who finds it.</param>
    /// <param name="activity">The activity.</param>
    /// <param name="lost">Lets time pass for the work that was lost.</param>
    /// <param name="sent">Text of the message that is to be sent.</param>
    private async Task AssertSentAgainAsync(SafetyNet net, Guid activity, string lost, string sent)
    {
        await database.ExecuteAsync("DELETE FROM outbox");
        var early = await net.SweepAsync(CancellationToken.None);
        await database.ExecuteAsync(lost, activity);

        var found = await net.SweepAsync(CancellationToken.None);

        Assert.Equal((0, 1), (early, found));
        Assert.Equal(1L, await database.ScalarAsync<long>(
            "SELECT count(*) FROM outbox WHERE payload::text LIKE $1 AND payload::text LIKE $2", $"%{activity}%", $"%{sent}%"));
    }
}
