using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using MassTransit.Transports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Rsvp.Contracts;
using Rsvp.Hosting.Messaging;
using Rsvp.Testing;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Partitions;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.Outbox;

public sealed class OutboxSweepTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    // As the worker's own connections have it, only shorter.
    private const string Bound = ";Options=-c idle_in_transaction_session_timeout=1s";

    [Fact]
    public async Task A_worker_that_is_frozen_in_its_sweep_keeps_the_others_from_theirs_for_a_bounded_time()
    {
        await using var bounded = NpgsqlDataSource.Create(database.ConnectionString + Bound + ";Pooling=false");
        await using var frozen = await bounded.OpenConnectionAsync();
        await using var transaction = await frozen.BeginTransactionAsync();
        await using var take = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", frozen, transaction) { Parameters = { new() { Value = OutboxSweep.LockKey } } };
        await take.ExecuteNonQueryAsync();
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var dispatcher = new OutboxDispatcher(bus: null!, database.DataSource, meters, TimeProvider.System, NullLogger<OutboxDispatcher>.Instance);
        var other = new OutboxSweep(database.DataSource, dispatcher, NullLogger<OutboxSweep>.Instance);

        var meanwhile = await other.SweepAsync(CancellationToken.None);

        Assert.Null(meanwhile);
        await Eventually.HoldsAsync(async () => await other.SweepAsync(CancellationToken.None) is not null, "another worker sweeps");
    }

    [Fact]
    public async Task What_a_crash_left_is_sent_as_it_would_have_been_and_a_row_that_cannot_be_read_keeps_no_other()
    {
        await using var alone = new TestDatabase();
        await alone.InitializeAsync();
        await using var broker = await TestBroker.CreateAsync();
        var world = new World(alone);
        var applied = await world.Applier().ApplyAsync([World.Submit(await world.OpenAsync(capacity: 5), Guid.NewGuid())], 0, default);
        var issued = applied.Outbox.Select(message => message.Message).OfType<NotificationsIssued>().Single();
        await alone.ExecuteAsync("INSERT INTO outbox (outbox_id, kind, payload) SELECT gen_random_uuid(), kind, '{}' FROM unnest(ARRAY['VacancyOpened', 'NotificationsIssued/log', 'Foretold']) AS kind");
        await alone.ExecuteAsync("UPDATE outbox SET created_at = now() - CASE WHEN payload::text = '{}' THEN interval '2 minutes' ELSE interval '1 minute' END");
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:RabbitMq", broker.Url)]).Build();
        await using var services = new ServiceCollection()
            .AddMetrics()
            .AddLogging(logging => logging.ClearProviders())
            .AddMassTransit(bus => bus.UsingBroker(configuration, "sweep consume"))
            .AddMassTransit<IPublishBus>(bus => bus.UsingBroker(configuration, "sweep publish"))
            .BuildServiceProvider();
        var publishing = services.GetRequiredService<IBusInstance<IPublishBus>>().BusControl;
        await publishing.StartAsync();
        var dispatcher = new OutboxDispatcher(
            services.GetRequiredService<IPublishBus>(), alone.DataSource, services.GetRequiredService<IMeterFactory>(), TimeProvider.System, NullLogger<OutboxDispatcher>.Instance);

        await new OutboxSweep(alone.DataSource, dispatcher, NullLogger<OutboxSweep>.Instance).SweepAsync(CancellationToken.None);

        Assert.Equal(3, await alone.ScalarAsync<long>("SELECT count(*) FROM outbox"));
        Assert.Equal(3, await alone.ScalarAsync<long>("SELECT count(*) FROM outbox WHERE payload::text = '{}'"));
        Assert.Contains(issued.Notifications.Single().NotificationId.ToString(), await FirstOfAsync(broker, Topology.NotificationsQueue), StringComparison.Ordinal);
        await publishing.StopAsync();
    }

    private static async Task<string> FirstOfAsync(TestBroker broker, string queue)
    {
        var url = TestServers.RabbitMqManagement;
        using var handler = new HttpClientHandler { Credentials = new NetworkCredential(url.UserInfo.Split(':')[0], url.UserInfo.Split(':')[1]) };
        using var client = new HttpClient(handler);
        var body = new { count = 1, ackmode = "ack_requeue_true", encoding = "auto" };
        using var response = await client.PostAsJsonAsync(new Uri(url, $"/api/queues/{broker.VirtualHost}/{queue}/get"), body);
        return (await response.Content.ReadFromJsonAsync<JsonElement>())[0].GetProperty("payload").GetString()!;
    }
}
