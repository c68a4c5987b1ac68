using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Rsvp.Contracts;
using Rsvp.Hosting.FailPoints;
using Rsvp.Hosting.Json;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.Partitions;

namespace Rsvp.Worker.DeadLetters;

/// <summary>What became of one dead letter.</summary>
/// <param name="Letter">The letter.</param>
/// <param name="Refusal">Why it lies where it was; null when it was done.</param>
internal sealed record Handled(DeadLetter Letter, string? Refusal);

/// <summary>Works on the dead letters: looks, sends back, drops.</summary>
/// <param name="broker">The broker, as an operator.</param>
/// <param name="dataSource">The database, as a role that may write the records.</param>
/// <remarks>
/// A letter is taken out only after the broker has it where it goes to, or after the database has the outcomes: whoever dies in between leaves it
/// where it was, and doing it again is harmless.
/// </remarks>
internal sealed class DeadLetterDesk(BrokerAddress broker, NpgsqlDataSource dataSource)
{
    /// <summary>Letters looked at in one go; what lies behind them shows when these are dealt with.</summary>
    public const int LettersMax = 10_000;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly DeadLetterActions _actions = new(dataSource);

    /// <summary>How long a partition may take to write the outcomes of what is dropped; default 30 s.</summary>
    public TimeSpan OutcomesTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Looks at each letter, in the order of the queue.</summary>
    /// <param name="look">Called once for each; a body may have 16 MB, so it keeps few.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <remarks>Works without the database, too; only then it may miss what somebody else has in hand.</remarks>
    public async Task LookAsync(Action<DeadLetter> look, CancellationToken cancellationToken)
    {
        await using var atWork = await TryLockAsync(cancellationToken);
        await ForEachAsync(
            (_, letter) =>
            {
                look(letter);
                return Task.CompletedTask;
            },
            cancellationToken);
    }

    /// <summary>What was done with a letter before, oldest first.</summary>
    public Task<IReadOnlyList<PastAction>> HistoryAsync(DeadLetter letter, CancellationToken cancellationToken) => _actions.ReadAsync(letter.Id, cancellationToken);

    /// <summary>Sends letters back to where they came from; there they are judged by today's state.</summary>
    /// <param name="id">Which; null: all.</param>
    /// <param name="who">Who does it, and why.</param>
    /// <param name="cancellationToken">Ends it between two letters or within one; nothing is lost.</param>
    public Task<IReadOnlyList<Handled>> ReplayAsync(string? id, Responsibility who, CancellationToken cancellationToken) =>
        HandleAsync(id, "replay", who, ReplayAsync, cancellationToken);

    /// <summary>Takes letters out for good. Every command in them that has no outcome gets <c>failed</c> first, from its partition.</summary>
    /// <param name="id">Which.</param>
    /// <param name="who">Who does it, and why.</param>
    /// <param name="cancellationToken">Ends it; nothing is lost.</param>
    public Task<IReadOnlyList<Handled>> DropAsync(string id, Responsibility who, CancellationToken cancellationToken) =>
        HandleAsync(id, "drop", who, DropAsync, cancellationToken);

    private async Task<string?> ReplayAsync(DeadLetterQueue queue, DeadLetter letter, CancellationToken cancellationToken)
    {
        if (letter.Origin is null)
        {
            return "nothing says where it came from";
        }

        var topology = await ReadTopologyAsync(cancellationToken);
        var refusal = letter is { Commands.Count: > 0, UnreadableCommands: 0 } && !IsOf(topology, letter.Origin)
            ? await SendByPartitionAsync(queue, topology, letter.Commands, AsBatch, cancellationToken)
            : await TrySendAsync(letter.Origin, () => queue.SendBackAsync(letter, cancellationToken));
        if (refusal is null)
        {
            FailPoint.Hit("dead_letter_sent");
        }

        return refusal;
    }

    private async Task<string?> DropAsync(DeadLetterQueue queue, DeadLetter letter, CancellationToken cancellationToken)
    {
        List<Command> asked = [.. letter.Asked];
        Guid[] requestIds = [.. asked.Select(command => command.RequestId)];
        if ((await _actions.WithoutOutcomeAsync(requestIds, cancellationToken)).Count == 0)
        {
            return null;
        }

        var topology = await ReadTopologyAsync(cancellationToken);
        if (await SendByPartitionAsync(queue, topology, asked, AsFailure, cancellationToken) is string refusal)
        {
            return refusal;
        }

        FailPoint.Hit("dead_letter_failing");
        using var timeout = new CancellationTokenSource(OutcomesTimeout);
        while (await _actions.WithoutOutcomeAsync(requestIds, cancellationToken) is { Count: > 0 } missing)
        {
            if (timeout.IsCancellationRequested)
            {
                return $"its partition has not written the outcomes of {string.Join(", ", missing)} yet; drop it again later";
            }

            await Task.Delay(PollInterval, cancellationToken);
        }

        FailPoint.Hit("dead_letter_failed");
        return null;
    }

    private async Task<IReadOnlyList<Handled>> HandleAsync(
        string? id, string action, Responsibility who, Func<DeadLetterQueue, DeadLetter, CancellationToken, Task<string?>> handle, CancellationToken cancellationToken)
    {
        var handled = new List<Handled>();
        await using var atWork = await _actions.LockAsync(cancellationToken);
        await ForEachAsync(
            async (queue, letter) =>
            {
                if (id is not null && letter.Id != id)
                {
                    return;
                }

                var actionId = await _actions.BeginAsync(action, letter, who, cancellationToken);
                FailPoint.Hit("dead_letter_begun");
                var refusal = await handle(queue, letter, cancellationToken);
                if (refusal is null)
                {
                    await queue.RemoveAsync(letter, cancellationToken);
                    FailPoint.Hit("dead_letter_removed");
                    await _actions.FinishAsync(actionId, cancellationToken);
                }

                handled.Add(new Handled(letter with { Body = default }, refusal));
            },
            cancellationToken);
        return handled;
    }

    private async Task<IAsyncDisposable?> TryLockAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _actions.LockAsync(cancellationToken);
        }
        catch (NpgsqlException error) when (error.SqlState != PostgresErrorCodes.LockNotAvailable)
        {
            return null;
        }
    }

    private async Task ForEachAsync(Func<DeadLetterQueue, DeadLetter, Task> handle, CancellationToken cancellationToken)
    {
        long count;
        await using (var asked = await DeadLetterQueue.OpenAsync(broker, cancellationToken))
        {
            // No more than lie there now: what is sent back may die again at once, and would never end.
            count = await asked.CountAsync(cancellationToken);
        }

        await using var queue = await DeadLetterQueue.OpenAsync(broker, cancellationToken);
        await foreach (var letter in queue.ReadAsync((int)Math.Min(count, LettersMax), cancellationToken))
        {
            await handle(queue, letter);
        }
    }

    /// <summary>How many partitions there are now: a letter may be older than the last change of their number. Versions are used again, so the youngest counts, not the highest.</summary>
    private async Task<PartitionTopologyOptions> ReadTopologyAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT version, partition_count FROM partition_topologies ORDER BY since DESC LIMIT 1");
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? new() { Version = row.GetInt32(0), Count = row.GetInt32(1) } : new();
    }

    private static bool IsOf(PartitionTopologyOptions topology, string queue) =>
        Enumerable.Range(0, topology.Count).Any(partition => queue == Topology.PartitionQueue(topology.Version, partition));

    /// <summary>Sends commands to where their activities are decided today, in their order. When one queue refuses, those before it have theirs; sending them again is harmless.</summary>
    /// <returns>Why not; null when the broker has all.</returns>
    private static async Task<string?> SendByPartitionAsync(
        DeadLetterQueue queue, PartitionTopologyOptions topology, IReadOnlyList<Command> commands, Func<int, IReadOnlyList<Command>, byte[]> write, CancellationToken cancellationToken)
    {
        foreach (var group in commands.GroupBy(command => Partitioner.PartitionOf(command.ActivityId, topology.Count)))
        {
            var target = Topology.PartitionQueue(topology.Version, group.Key);
            if (await TrySendAsync(target, () => queue.SendAsync(target, Properties(), write(group.Key, [.. group]), cancellationToken)) is string refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static async Task<string?> TrySendAsync(string target, Func<Task> send)
    {
        try
        {
            await send();
            return null;
        }
        catch (PublishException refusal)
        {
            return refusal.IsReturn ? $"there is no queue {target}" : $"{target} is full";
        }
    }

    private static BasicProperties Properties() => new()
    {
        MessageId = Guid.NewGuid().ToString(),
        ContentType = "application/vnd.masstransit+json",
        DeliveryMode = DeliveryModes.Persistent,
    };

    private static byte[] AsBatch(int partition, IReadOnlyList<Command> commands) =>
        Envelope(new CommandBatch { BatchId = Guid.NewGuid(), Partition = partition, Commands = commands }, ContractJson.Default.CommandBatch);

    private static byte[] AsFailure(int partition, IReadOnlyList<Command> commands) =>
        Envelope(new FailCommands { Partition = partition, Commands = commands }, ContractJson.Default.FailCommands);

    /// <summary>A message as the bus writes it.</summary>
    private static byte[] Envelope<T>(T message, JsonTypeInfo<T> type)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("messageType");
            json.WriteStringValue($"urn:message:{typeof(T).Namespace}:{typeof(T).Name}");
            json.WriteEndArray();
            json.WritePropertyName("message");
            JsonSerializer.Serialize(json, message, type);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
