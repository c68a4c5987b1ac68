using System.Collections.Concurrent;
using System.Globalization;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rsvp.Contracts;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.Partitions;
using Rsvp.Testing;
using Rsvp.Worker.Partitions;

namespace Rsvp.Worker.Tests.Partitions;

/// <summary>Two workers take turns on one partition that is never empty, on the real broker.</summary>
public sealed class HandOverTests : IAsyncLifetime
{
    private const int BatchCount = 1500;
    private const int HandOverCount = 3;

    // More than a worker has delivered ahead.
    private const int Backlog = 8;

    private readonly ConcurrentQueue<(string Worker, int Number)> _taken = new();
    private readonly List<ServiceProvider> _services = [];
    private int _sentCount;
    private Hold? _hold;
    private readonly List<PartitionSubscription> _subscriptions = [];
    private TestBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await TestBroker.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var services in _services)
        {
            await services.GetRequiredService<IBusControl>().StopAsync();
            await services.DisposeAsync();
        }

        _subscriptions.ForEach(subscription => subscription.Dispose());
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_partition_that_is_handed_over_keeps_its_order()
    {
        string[] workers = ["first", "second"];
        Turn[] turns = [await BeginAsync(workers[0]), await BeginAsync(workers[1])];
        await turns[0].InLineAsync();
        await turns[1].InLineAsync();
        var isHandedOver = false;
        var sending = SendAsync(turns[0].Services, number => number < BatchCount || !Volatile.Read(ref isHandedOver));

        for (var turn = 0; turn < HandOverCount; turn++)
        {
            var (leaving, next) = (turns[turn % 2], turns[(turn + 1) % 2]);
            await WhileAsync(sending, leaving.IsActiveAsync());
            await next.InLineAsync();
            var hold = await HoldAsync(workers[turn % 2], sending);
            var left = leaving.Subscription.GoBehindAsync(TimeSpan.FromSeconds(5), CancellationToken.None);
            Assert.False(left.IsCompleted, "It does not leave under the batch in work.");
            hold.Release();
            Assert.True(await left);

            // The bus cannot have said so: a batch that was delivered ahead waits for its turn.
            Assert.False(leaving.Subscription.IsSubscribed);
            await WhileAsync(sending, next.IsActiveAsync());
        }

        Volatile.Write(ref isHandedOver, true);
        var sentCount = await sending;
        await TakenAllAsync(sentCount);
        Assert.Equal(Enumerable.Range(0, sentCount), InOrderOfFirstSight());
        Assert.True(_taken.Select(taken => taken.Worker).Distinct().Count() == 2, "Both have worked.");

        // The other partitions of a worker do not notice.
        Assert.All(turns, turn => Assert.Equal(1, turn.Neighbour.TakeStanding()?.Subscription));
    }

    [Fact]
    public async Task A_partition_whose_consumer_is_cancelled_does_not()
    {
        var (leaving, next) = (Start(), Start());
        var first = Connect(leaving, "first");
        await first.Ready;
        var second = Connect(next, "second");
        await second.Ready;
        var sending = SendAsync(leaving, number => number < BatchCount);

        var hold = await HoldAsync("first", sending);
        var stopping = first.StopAsync();
        await Eventually.HoldsAsync(() => _taken.Any(taken => taken.Worker == "second"), "the second has begun while the first has a batch in work");
        hold.Release();
        await stopping;

        await sending;
        await TakenAllAsync(BatchCount);
        Assert.NotEqual(Enumerable.Range(0, BatchCount), InOrderOfFirstSight());
    }

    [Fact]
    public async Task A_worker_that_steps_out_lets_go_of_the_batch_in_hand_and_does_not_come_back_before_it_may()
    {
        var stuck = new TaskCompletionSource();
        var mayReturn = new TaskCompletionSource();
        var leaving = Start();
        using var subscription = new PartitionSubscription(0, "leaving", TimeProvider.System, NullLogger.Instance, _ => _taken.IsEmpty ? Task.CompletedTask : mayReturn.Task);
        subscription.Begin(leaving.GetRequiredService<IReceiveEndpointConnector>(), new PartitionTopologyOptions(), (_, endpoint) => endpoint.Handler<CommandBatch>(async context =>
        {
            await TakeAsync("leaving", context);
            await stuck.Task;
        }));
        await Eventually.HoldsAsync(() => subscription.IsSubscribed, "it is in line");
        var next = await BeginAsync("next");
        await SendAsync(next.Services, number => number < 3);
        await Eventually.HoldsAsync(() => _taken.Count == 1, "the first has one in hand");

        try
        {
            await subscription.StepOutAsync();
            await Eventually.HoldsAsync(() => _taken.Count == 4, "the next has decided all of them");
            Assert.Equal([("leaving", 0), ("next", 0), ("next", 1), ("next", 2)], _taken);
            Assert.False(subscription.IsSubscribed);
        }
        finally
        {
            stuck.SetResult();
            mayReturn.SetResult();
        }

        await Eventually.HoldsAsync(() => subscription.IsSubscribed, "it is in line again");
        Assert.Equal(4, _taken.Count);
    }

    /// <summary>Nobody becomes active while nothing comes; then that is what is to be told.</summary>
    private static async Task WhileAsync(Task sending, Task step)
    {
        if (await Task.WhenAny(sending, step) == sending)
        {
            await sending;
        }

        await step;
    }

    private IEnumerable<int> InOrderOfFirstSight() => _taken.Select(taken => taken.Number).Distinct();

    private Task TakenAllAsync(int count) => Eventually.HoldsAsync(() => _taken.Select(taken => taken.Number).Distinct().Count() == count, "every batch was taken");

    private async Task<Turn> BeginAsync(string worker)
    {
        var services = Start();
        var turn = new Turn(Begin(0), Begin(1), services);
        await turn.InLineAsync();
        return turn;

        PartitionSubscription Begin(int partition)
        {
            var subscription = new PartitionSubscription(partition, worker, TimeProvider.System, NullLogger.Instance);
            _subscriptions.Add(subscription);
            subscription.Begin(
                services.GetRequiredService<IReceiveEndpointConnector>(),
                new PartitionTopologyOptions(),
                (_, endpoint) => endpoint.Handler<CommandBatch>(context => TakeAsync(worker, context)));
            return subscription;
        }
    }

    private ServiceProvider Start()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:RabbitMq", _broker.Url)]).Build();
        var services = new ServiceCollection()
            .AddLogging(logging => logging.ClearProviders())
            .AddMassTransit(masstransit => masstransit.UsingBroker(configuration, "hand-over"))
            .BuildServiceProvider();
        _services.Add(services);
        services.GetRequiredService<IBusControl>().Start();
        return services;
    }

    /// <summary>The same queue, consumed as the bus does it.</summary>
    private HostReceiveEndpointHandle Connect(ServiceProvider services, string worker) =>
        services.GetRequiredService<IReceiveEndpointConnector>().ConnectReceiveEndpoint("plain", (_, endpoint) =>
        {
            var queue = (IRabbitMqReceiveEndpointConfigurator)endpoint;
            queue.SetQuorumQueue();
            queue.SingleActiveConsumer = true;
            queue.PrefetchCount = 4;
            queue.ConcurrentMessageLimit = 1;
            queue.ConfigureConsumeTopology = false;
            queue.Bind(Topology.CommandsExchange, binding =>
            {
                binding.ExchangeType = "direct";
                binding.RoutingKey = Topology.PartitionKey(1, 0);
            });
            queue.Handler<CommandBatch>(context => TakeAsync(worker, context));
        });

    private async Task TakeAsync(string worker, ConsumeContext<CommandBatch> context)
    {
        if (Volatile.Read(ref _hold) is { } hold && hold.Worker == worker)
        {
            await hold.Here();
        }

        _taken.Enqueue((worker, int.Parse(context.Message.ReplyTo!, CultureInfo.InvariantCulture)));
    }

    /// <summary>Holds the next batch of a worker in work until it is released, and waits until more stands behind it than is delivered ahead.</summary>
    private async Task<Hold> HoldAsync(string worker, Task sending)
    {
        var hold = new Hold(worker);
        Volatile.Write(ref _hold, hold);
        await WhileAsync(sending, hold.IsReachedAsync());
        var sentCount = Volatile.Read(ref _sentCount);
        await WhileAsync(sending, Eventually.HoldsAsync(() => Volatile.Read(ref _sentCount) >= sentCount + Backlog, "more has been sent"));
        return hold;
    }

    private async Task<int> SendAsync(ServiceProvider services, Func<int, bool> goesOn)
    {
        var endpoint = await services.GetRequiredService<IBus>().GetSendEndpoint(new Uri($"exchange:{Topology.CommandsExchange}?type=direct"));
        var number = 0;
        for (; goesOn(number); number++)
        {
            var batch = new CommandBatch { BatchId = Guid.NewGuid(), Partition = 0, ReplyTo = number.ToString(CultureInfo.InvariantCulture), Commands = [] };
            await endpoint.Send(batch, context => context.SetRoutingKey(Topology.PartitionKey(1, 0)));
            Interlocked.Increment(ref _sentCount);
        }

        return number;
    }

    /// <summary>A batch that is in work for as long as a test likes.</summary>
    private sealed class Hold(string worker)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal string Worker => worker;

        internal Task IsReachedAsync() => Eventually.HoldsAsync(() => _reached.Task.IsCompleted, "a batch is in work");

        internal Task Here()
        {
            _reached.TrySetResult();
            return _released.Task;
        }

        internal void Release() => _released.TrySetResult();
    }

    private sealed record Turn(PartitionSubscription Subscription, PartitionSubscription Neighbour, ServiceProvider Services)
    {
        internal Task InLineAsync() => Eventually.HoldsAsync(() => Subscription.IsSubscribed && Neighbour.IsSubscribed, "it is in line");

        internal Task IsActiveAsync() => Eventually.HoldsAsync(() => Subscription.IsActive, "it is active");
    }
}
