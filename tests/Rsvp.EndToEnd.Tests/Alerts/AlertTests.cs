using System.Net;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Rsvp.Cli.Processes;
using Rsvp.Cli.Servers;
using Rsvp.Contracts;
using Rsvp.EndToEnd.Tests.DeadLetters;
using Rsvp.EndToEnd.Tests.Storm;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.Partitions;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Alerts;

/// <summary>Each alert fires on a real Prometheus while its fault lasts, and clears.</summary>
[Collection(SystemCollection.Name)]
[Trait("Category", "Long")]
public sealed class AlertTests(SystemFixture system, ObservedSystem observed) : IClassFixture<ObservedSystem>
{
    // More than the five that make a share worth waking somebody, and room for what Prometheus makes of a rise within a few looks.
    private const int Several = 12;

    [Fact]
    public async Task Every_figure_in_alerts_and_dashboards_is_there()
    {
        var activity = await system.OpenAsync(1);
        await using var watchers = new HubWatchers(system, activity, 1);
        await watchers.AssertUpToDateAsync();
        var (ada, ben) = (await system.JoinAsync(activity), await system.JoinAsync(activity));
        await ada.CancelAsync(activity);
        await ben.BecomesAsync(activity, "confirmed");

        var asked = AlertRule.ReadAll().Select(rule => rule.Expression).Concat(Dashboard.ReadAll().SelectMany(board => board.Queries).Select(query => query.Expression))
            .SelectMany(AlertRule.MetricsOf)
            .Where(name => name != "ALERTS" && !MayBeAbsent(name))
            .ToHashSet();
        HashSet<string> missing = [];
        try
        {
            await Eventually.HoldsAsync(async () => (missing = [.. asked.Except(await observed.NamesAsync())]).Count == 0, "all figures are there", TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException)
        {
            Assert.Equal([], missing);
        }
    }

    [Fact]
    public async Task A_lock_on_an_activity_makes_commands_old_and_then_outcomes_slow()
    {
        var activity = await system.OpenAsync(Several + 1);
        await system.JoinAsync(activity);
        await observed.ShowsAsync("rsvp_request_duration_seconds_count{command=\"submit_rsvp\",code=\"ok\"}");

        var waiting = await LockAsync("SELECT FROM activities WHERE activity_id = $1 FOR UPDATE", activity);
        Task<Answer[]> answers;
        await using (waiting.Connection)
        {
            answers = Task.WhenAll(Enumerable.Range(0, Several).Select(_ => system.NewPerson().SubmitAsync(activity)));
            await observed.FiresAsync("RsvpCommandsOld");
            await waiting.RollbackAsync();
        }

        Assert.All(await answers, answer => Assert.Equal("confirmed", answer.RsvpStatus));
        await observed.FiresAsync("RsvpOutcomesSlow");
        await observed.QuietAsync();
    }

    [Fact]
    public async Task A_saga_that_cannot_go_on_strands_seats_and_makes_promotion_slow()
    {
        var activity = await system.OpenAsync(1);
        var people = await system.JoinAllAsync(activity, 1, 1, 1);
        await people[0].CancelAsync(activity);
        await people[1].BecomesAsync(activity, "confirmed");
        await observed.ShowsAsync("rsvp_promotion_slow_total");

        var waiting = await LockAsync("SELECT FROM promotion_sagas WHERE activity_id = $1 FOR UPDATE", activity);
        await using (waiting.Connection)
        {
            await people[1].CancelAsync(activity);
            await observed.FiresAsync("RsvpStrandedSeats");
            await waiting.RollbackAsync();
        }

        await people[2].BecomesAsync(activity, "confirmed");
        await observed.FiresAsync("RsvpPromotionSlow");
        await observed.QuietAsync();
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task An_offer_that_nobody_ends_in_time_is_told()
    {
        var activity = await system.OpenAsync(1, new { promotionMode = "offer", offerMinutes = 0.1 });
        var people = await system.JoinAllAsync(activity, 1, 1);
        await people[0].CancelAsync(activity);
        await people[1].BecomesAsync(activity, "offered");

        var waiting = await LockAsync("SELECT FROM activities WHERE activity_id = $1 FOR UPDATE", activity);
        await using (waiting.Connection)
        {
            await observed.FiresAsync("RsvpOverdueOffers");
            await waiting.RollbackAsync();
        }

        await people[1].BecomesAsync(activity, "cancelled");
        await observed.QuietAsync();
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_call_off_with_which_nobody_goes_on_is_told()
    {
        var host = system.NewPerson();
        var activity = await host.OpenAsync(10);
        var person = await system.JoinAsync(activity);

        var waiting = await LockAsync("SELECT FROM rsvps WHERE activity_id = $1 FOR UPDATE", activity);
        await using (waiting.Connection)
        {
            Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Post, $"/api/activities/{activity}/cancel")).Status);
            await observed.FiresAsync("RsvpUnfinishedCallOffs");
            await waiting.RollbackAsync();
        }

        await person.BecomesAsync(activity, "cancelled");
        await observed.QuietAsync();
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_notifier_that_stands_still_makes_push_slow()
    {
        // Changes of one activity would go out as one update.
        var activities = new List<Guid>();
        var watchers = new List<HubWatchers>();
        try
        {
            while (activities.Count < Several)
            {
                var activity = await system.OpenAsync(10);
                var watching = new HubWatchers(system, activity, 1);
                watchers.Add(watching);
                await watching.AssertUpToDateAsync();
                activities.Add(activity);
            }

            await system.JoinAsync(activities[0]);
            await observed.ShowsAsync("rsvp_push_latency_seconds_count{kind=\"counts\"}");

            system.Instance.Send("notifier-1", Signal.Stop);
            try
            {
                foreach (var activity in activities)
                {
                    await system.JoinAsync(activity);
                }

                await Eventually.HoldsAsync(
                    () => system.TellsAsync("SELECT updated_at < now() - interval '4 seconds' FROM activities WHERE activity_id = $1", activities[^1]),
                    "the last change is four seconds old");
            }
            finally
            {
                system.Instance.Send("notifier-1", Signal.Continue);
            }

            await observed.FiresAsync("RsvpPushSlow");
        }
        finally
        {
            foreach (var watching in watchers)
            {
                await watching.DisposeAsync();
            }
        }

        await observed.QuietAsync();
    }

    [Fact]
    public async Task Without_workers_and_with_a_stranger_in_their_place_partitions_have_no_owner()
    {
        var activity = await system.OpenAsync(10);
        await system.Instance.StopAsync(["worker-1", "worker-2"], CancellationToken.None);
        await using (var connection = await new ConnectionFactory { Uri = new Uri(system.Run.Rabbitmq) }.CreateConnectionAsync())
        {
            await using var channel = await connection.CreateChannelAsync();
            try
            {
                await observed.FiresAsync("RsvpPartitionWithoutOwner");
                await observed.FiresAsync("RsvpServiceDown");
                await channel.BasicQosAsync(0, 1, global: false);
                await channel.BasicConsumeAsync(QueueOf(activity), autoAck: false, new AsyncEventingBasicConsumer(channel));
            }
            finally
            {
                await system.Instance.StartAsync("worker-1", CancellationToken.None);
                await system.Instance.StartAsync("worker-2", CancellationToken.None);
            }

            await observed.ClearsAsync("RsvpServiceDown");
            await observed.ShowsAsync("count(sum by (partition) (rsvp_partition_owned) == 0) == 1");
            await observed.FiresAsync("RsvpPartitionWithoutOwner");
        }

        await observed.QuietAsync();
        await system.JoinAsync(activity);
    }

    [Fact]
    public async Task A_dead_letter_is_told_until_it_is_dropped()
    {
        var letter = await BrokerHand.BuryAsync(system, BrokerHand.Submit(await system.OpenAsync(10)));

        await observed.FiresAsync("RsvpDeadLetters");
        await using var drop = system.StartTool("dead", "drop", letter, "--reason", "a test");
        Assert.Equal(0, await drop.EndsAsync());

        await observed.ClearsAsync("RsvpDeadLetters");
    }

    [Fact]
    public async Task A_violation_is_told_until_it_is_mended()
    {
        // A moment after a decision, before the audit looks: what is decided on top of it would be wrong for ever.
        var activity = await system.OpenAsync(10);
        await system.JoinAsync(activity);
        await system.ChangeAsync("UPDATE activities SET confirmed_participants = confirmed_participants + 1 WHERE activity_id = $1", activity);

        await observed.FiresAsync("RsvpViolations");
        await system.ChangeAsync("UPDATE activities SET confirmed_participants = confirmed_participants - 1 WHERE activity_id = $1", activity);
        await system.JoinAsync(activity);

        await observed.QuietAsync();
    }

    [Fact]
    public async Task A_brokers_alarm_is_told_with_what_it_holds_up()
    {
        var activity = await system.OpenAsync(Several);
        var people = Enumerable.Range(0, Several).Select(_ => system.NewPerson()).ToList();
        var broker = Assert.IsType<LocalRabbit>(system.Instance.Rabbit);
        await broker.ControlAsync(["set_vm_memory_high_watermark", "absolute", "1MB"], CancellationToken.None);
        try
        {
            await observed.FiresAsync("RsvpBrokerAlarm");
            await system.ChangeAsync(
                "INSERT INTO outbox (outbox_id, kind, payload) VALUES (gen_random_uuid(), 'PassOverdue', json_build_object('activityId', $1))", activity);
            await Eventually.HoldsAsync(
                async () =>
                {
                    await SubmitAllAsync();
                    return (await observed.FiringAsync()).Contains("RsvpRefusing");
                },
                "RsvpRefusing fires",
                TimeSpan.FromSeconds(60));
            await observed.FiresAsync("RsvpOutboxOld");
        }
        finally
        {
            await broker.ControlAsync(["set_vm_memory_high_watermark", "0.4"], CancellationToken.None);
        }

        await observed.QuietAsync();
        await Eventually.HoldsAsync(async () => (await SubmitAllAsync()).All(answer => answer.RsvpStatus == "confirmed"), "all are taken", TimeSpan.FromSeconds(60));

        Task<Answer[]> SubmitAllAsync() => Task.WhenAll(people.Select(person => person.SubmitAsync(activity, key: "once")));
    }

    [Fact]
    public async Task A_partition_without_a_queue_is_told()
    {
        var (activity, person) = (await system.OpenAsync(10), system.NewPerson());
        await using var connection = await new ConnectionFactory { Uri = new Uri(system.Run.Rabbitmq) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await observed.ShowsAsync("rsvp_api_batches_unrouted_total");
        var key = Topology.PartitionKey(1, Partitioner.PartitionOf(activity, system.Instance.State.Partitions.Count));
        await channel.ExchangeUnbindAsync(QueueOf(activity), Topology.CommandsExchange, key);

        var refused = await person.SubmitAsync(activity, key: "once");
        await channel.ExchangeBindAsync(QueueOf(activity), Topology.CommandsExchange, key);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        await observed.FiresAsync("RsvpUnroutedMessages");
        await observed.QuietAsync();
        await Eventually.HoldsAsync(async () => (await person.SubmitAsync(activity, key: "once")).RsvpStatus == "confirmed", "it is taken");
    }

    [Fact]
    public async Task A_command_that_cannot_be_applied_is_told()
    {
        var impossible = BrokerHand.Ask(await system.OpenAsync(10), CommandNames.SubmitRsvp, command => command with { SubmitRsvp = new SubmitRsvp { GuestCount = -7 } });
        await observed.ShowsAsync("rsvp_commands_given_up_total");

        await BrokerHand.SendAsync(system, impossible);

        await observed.FiresAsync("RsvpCommandsGivenUp");
        Assert.Equal(["failed"], await BrokerHand.OutcomesAsync(system, impossible));
        await observed.QuietAsync();
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_channel_on_which_everything_fails_is_told()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var (activity, person) = (await system.OpenAsync(10), system.NewPerson());
        await person.SendAsync(HttpMethod.Post, "/api/users/me/webhooks", $$"""{ "url": "{{receiver.Url}}" }""");
        await ComeAndGoAsync();
        await observed.ShowsAsync("rsvp_notifications_attempts_total{channel=\"webhook\",result=\"sent\"}");

        receiver.Answer(503);
        await Eventually.HoldsAsync(
            async () =>
            {
                await ComeAndGoAsync();
                return (await observed.FiringAsync()).Contains("RsvpChannelDead");
            },
            "RsvpChannelDead fires",
            TimeSpan.FromMinutes(3));
        receiver.Answer(204);
        await ComeAndGoAsync();

        await observed.QuietAsync();

        async Task ComeAndGoAsync()
        {
            await person.SubmitAsync(activity);
            await person.CancelAsync(activity);
        }
    }

    [Fact]
    public async Task Dead_letters_that_nobody_can_count_are_told()
    {
        var counting = await LockAsync("SELECT FROM dead_letter_watch FOR UPDATE");
        await using (counting.Connection)
        {
            await observed.FiresAsync("RsvpFiguresMissing");
            await counting.RollbackAsync();
        }

        await observed.QuietAsync();
    }

    // They come with their first event, which may not have been yet.
    private static bool MayBeAbsent(string name) => name is "rsvp_overdue_offers_total" or "rsvp_unfinished_call_offs_total" or "rsvp_replays_total" or "rsvp_audit_rows_total"
        or "rsvp_notifications_attempts_total" || name.StartsWith("rsvp_notifications_latency_", StringComparison.Ordinal);

    private string QueueOf(Guid activity) => Topology.PartitionQueue(1, Partitioner.PartitionOf(activity, system.Instance.State.Partitions.Count));

    private async Task<NpgsqlTransaction> LockAsync(string sql, params Guid[] activities)
    {
        var connection = await system.Database.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var activity in activities)
        {
            command.Parameters.AddWithValue(activity);
        }

        await command.ExecuteNonQueryAsync();
        return transaction;
    }
}
