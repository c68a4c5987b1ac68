using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using RabbitMQ.Client;
using Rsvp.Hosting.Database;
using Rsvp.Hosting.Messaging;
using Rsvp.Testing;
using Rsvp.Worker.DeadLetters;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.DeadLetters;

/// <summary>How many dead letters there are, as the workers say it.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task Of_two_workers_one_asks_the_broker_and_says_that_some_came_and_both_tell_the_number()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var broker = await TestBroker.CreateAsync();
        await BuryAsync(broker, 3);
        var (one, other) = (new Counting(database, broker), new Counting(database, broker));

        await one.Watch.CountAsync(TimeSpan.FromMinutes(1), default);
        await other.Watch.CountAsync(TimeSpan.FromMinutes(1), default);

        Assert.Equal([3], one.Measure());
        Assert.Equal([3], other.Measure());
        Assert.Equal((1, 0), (one.Log.Count(DeadLetterWatch.ArrivedEventId), other.Log.Count(DeadLetterWatch.ArrivedEventId)));
    }

    [Fact]
    public async Task What_somebody_has_in_hand_is_neither_gone_nor_new()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var broker = await TestBroker.CreateAsync();
        await BuryAsync(broker, 2);
        var worker = new Counting(database, broker);
        await worker.Watch.CountAsync(TimeSpan.Zero, default);
        var counts = new List<long>();

        await new DeadLetterDesk(BrokerAddress.Parse(broker.Url), database.DataSource).LookAsync(
            _ => counts.Add(worker.Watch.CountAsync(TimeSpan.Zero, default).GetAwaiter().GetResult()), default);
        await worker.Watch.CountAsync(TimeSpan.Zero, default);

        Assert.Equal([2, 2], counts);
        Assert.Equal(1, worker.Log.Count(DeadLetterWatch.ArrivedEventId));
    }

    [Fact]
    public async Task Before_there_was_any_the_number_is_nought()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var broker = await TestBroker.CreateAsync();
        var worker = new Counting(database, broker);

        Assert.Empty(worker.Measure());
        await worker.Watch.CountAsync(TimeSpan.Zero, default);

        Assert.Equal([0], worker.Measure());
    }

    [Fact]
    public async Task A_number_that_nobody_has_counted_for_a_minute_is_not_shown()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var broker = await TestBroker.CreateAsync();
        var (left, waiting) = (new Counting(database, broker), new Counting(database, broker));
        await left.Watch.CountAsync(TimeSpan.Zero, default);
        await waiting.Watch.CountAsync(TimeSpan.Zero, default);
        var before = left.Measure().Concat(waiting.Measure()).ToList();

        // One cannot ask any more, the other reads what a third has not counted for long.
        left.Time.Advance(TimeSpan.FromMinutes(1));
        await database.ExecuteAsync("UPDATE dead_letter_watch SET counted_at = now() - interval '61 seconds'");
        await waiting.Watch.CountAsync(TimeSpan.FromHours(1), default);

        Assert.Equal([0, 0], before);
        Assert.Empty(left.Measure());
        Assert.Empty(waiting.Measure());
    }

    private static async Task BuryAsync(TestBroker broker, int count)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(broker.Url) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.QueueDeclareAsync(Topology.DeadLetterQueue, true, false, false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        for (var letter = 0; letter < count; letter++)
        {
            await channel.BasicPublishAsync("", Topology.DeadLetterQueue, "{}"u8.ToArray());
        }
    }

    /// <summary>The watch of one worker, with its meter and its log.</summary>
    private sealed class Counting
    {
        private readonly Meter _meter;

        public Counting(TestDatabase database, TestBroker broker)
        {
            var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
            _meter = meters.Create("Rsvp");
            Watch = new DeadLetterWatch(
                new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:RabbitMq", broker.Url)]).Build(),
                database.DataSource,
                new SchemaGate(database.DataSource, Microsoft.Extensions.Logging.Abstractions.NullLogger<SchemaGate>.Instance),
                Time,
                meters,
                Log);
        }

        public FakeTimeProvider Time { get; } = new();

        public DeadLetterWatch Watch { get; }

        public EventCounter<DeadLetterWatch> Log { get; } = new();

        public List<long> Measure()
        {
            var measured = new List<long>();
            using var listener = new MeterListener
            {
                InstrumentPublished = (instrument, listener) =>
                {
                    if (instrument.Meter == _meter && instrument.Name == "rsvp.dead_letters")
                    {
                        listener.EnableMeasurementEvents(instrument);
                    }
                },
            };
            listener.SetMeasurementEventCallback<long>((_, messages, _, _) => measured.Add(messages));
            listener.Start();
            listener.RecordObservableInstruments();
            return measured;
        }
    }
}
