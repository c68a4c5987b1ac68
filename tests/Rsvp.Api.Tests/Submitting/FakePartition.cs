using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rsvp.Contracts;
using Rsvp.Hosting.Messaging;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Submitting;

/// <summary>Takes the batches of every partition from the broker, as a worker does, and answers them as the test says.</summary>
internal sealed class FakePartition : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IBusControl _bus;
    private readonly ConcurrentQueue<CommandBatch> _batches = new();

    private FakePartition(TestBroker broker, int partitionCount)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("ConnectionStrings:RabbitMq", broker.Url)])
            .Build();
        _services = new ServiceCollection()
            .AddLogging(logging => logging.ClearProviders())
            .AddMassTransit(masstransit => masstransit.UsingRabbitMq((_, bus) =>
            {
                bus.UseBroker(configuration, "fake partition");
                bus.ReceiveEndpoint("fake-partition", endpoint =>
                {
                    endpoint.ConfigureConsumeTopology = false;
                    endpoint.ConcurrentMessageLimit = 1;
                    for (var partition = 0; partition < partitionCount; partition++)
                    {
                        endpoint.Bind(Topology.CommandsExchange, binding =>
                        {
                            binding.ExchangeType = "direct";
                            binding.RoutingKey = Topology.PartitionKey(1, partition);
                        });
                    }

                    endpoint.Handler<CommandBatch>(context => TakeAsync(context.Message));
                });
            }))
            .BuildServiceProvider();
        _bus = _services.GetRequiredService<IBusControl>();
    }

    /// <summary>How a command is decided; null: the batch is not answered.</summary>
    internal Func<Command, CommandOutcome>? Decides { get; set; }

    /// <summary>What came, in order.</summary>
    internal IReadOnlyList<CommandBatch> Batches => [.. _batches];

    internal static async Task<FakePartition> StartAsync(TestBroker broker, int partitionCount = 1)
    {
        var partition = new FakePartition(broker, partitionCount);
        await partition._bus.StartAsync();
        return partition;
    }

    /// <summary>An outcome that says only what every outcome says.</summary>
    internal static CommandOutcome Complete(Command command) => new()
    {
        RequestId = command.RequestId,
        Command = command.Name,
        UserId = command.Caller.UserId,
        ActivityId = command.ActivityId,
        SubmittedAt = command.SubmittedAt,
        CompletedAt = command.SubmittedAt,
    };

    /// <summary>Says that a batch was applied.</summary>
    internal async Task AnswerAsync(CommandBatch batch, Func<Command, CommandOutcome> decides)
    {
        var endpoint = await _bus.GetSendEndpoint(new Uri($"exchange:{Topology.OutcomesExchange}?type=direct"));
        var applied = new BatchApplied { BatchId = batch.BatchId, Partition = batch.Partition, Outcomes = [.. batch.Commands.Select(decides)] };
        await endpoint.Send(applied, context => context.SetRoutingKey(batch.ReplyTo!));
    }

    public async ValueTask DisposeAsync()
    {
        await _bus.StopAsync();
        await _services.DisposeAsync();
    }

    private async Task TakeAsync(CommandBatch batch)
    {
        _batches.Enqueue(batch);
        if (Decides is { } decides)
        {
            await AnswerAsync(batch, decides);
        }
    }
}
