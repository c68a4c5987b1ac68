using System.Threading.Channels;
using Rsvp.Api.Requests;
using Rsvp.Contracts;
using Rsvp.Hosting.FailPoints;
using Rsvp.Hosting.Messaging;

namespace Rsvp.Api.Submitting;

/// <summary>Sends one partition's commands, in order, a batch at a time: the next when the previous one was applied, when a whole one waits, or after the linger.</summary>
/// <remarks>An idle system adds no delay; a busy one makes batches as large as the worker needs to keep up, and so pays its fixed costs less often.</remarks>
internal sealed partial class PartitionSubmitter(
    int partition,
    string routingKey,
    ApiInstance instance,
    SubmittingOptions options,
    ConfirmedSender sender,
    BrokerCircuit circuit,
    SubmittingMetrics metrics,
    TimeProvider time,
    ILogger logger)
{
    private static readonly Uri CommandsAddress = new($"exchange:{Topology.CommandsExchange}?type=direct");

    // The share of the bound that a command may spend in the channel; the rest is for its confirm.
    private readonly TimeSpan _waitMax = options.ConfirmTimeout * 0.75;
    private readonly Channel<Submission> _channel = Channel.CreateBounded<Submission>(new BoundedChannelOptions(options.ChannelCommandsMax)
    {
        SingleReader = true,
    });

    private long _waitingBytes;
    private int _waitingCommands;
    private volatile BatchUnderWay? _underWay;

    /// <summary>Hands a command over.</summary>
    /// <returns>What became of it, within <see cref="SubmittingOptions.ConfirmTimeout"/>.</returns>
    internal Task<Acceptance> SubmitAsync(Command command, OutcomeWaiter? waiter)
    {
        var submission = new Submission(command, time.GetTimestamp(), waiter);
        if (Interlocked.Add(ref _waitingBytes, submission.EstimatedBytes) <= options.ChannelBytesMax && _channel.Writer.TryWrite(submission))
        {
            if (Interlocked.Add(ref _waitingCommands, submission.Weight) >= options.BatchCommandsMax)
            {
                _underWay?.TrySetResult();
            }

            return submission.Task;
        }

        Interlocked.Add(ref _waitingBytes, -submission.EstimatedBytes);
        metrics.Ended(Acceptance.Overloaded, 1);
        return Task.FromResult(Acceptance.Overloaded);
    }

    /// <summary>A batch of this instance was applied.</summary>
    internal void Applied(Guid batchId)
    {
        if (_underWay is { } batch && batch.BatchId == batchId)
        {
            batch.TrySetResult();
        }
    }

    /// <summary>Takes nothing new; <see cref="RunAsync"/> ends when what is there was sent.</summary>
    internal void Complete() => _channel.Writer.TryComplete();

    /// <summary>Sends until <see cref="Complete"/>, or until told to stop at once.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var batch = new List<Submission>();
        try
        {
            while (await _channel.Reader.WaitToReadAsync(cancellationToken))
            {
                Take(batch);
                if (batch.Count > 0)
                {
                    await SendAndSurviveAsync(batch, cancellationToken);
                }
            }
        }
        finally
        {
            // Whoever is still in the channel is not left hanging.
            _channel.Writer.TryComplete();
            End(batch, Acceptance.Unknown);
            while (_channel.Reader.TryRead(out var submission))
            {
                submission.End(Acceptance.Overloaded);
            }
        }
    }

    private void Take(List<Submission> batch)
    {
        var weight = 0;
        var bytes = 0;
        while (_channel.Reader.TryPeek(out var next))
        {
            if (batch.Count > 0 && (weight + next.Weight > options.BatchCommandsMax || bytes + next.EstimatedBytes > options.BatchBytesMax))
            {
                return;
            }

            _channel.Reader.TryRead(out _);
            Interlocked.Add(ref _waitingBytes, -next.EstimatedBytes);
            Interlocked.Add(ref _waitingCommands, -next.Weight);
            if (circuit.IsOpen || time.GetElapsedTime(next.TakenAt) > _waitMax)
            {
                // It would be answered too late; nothing was sent of it.
                var refusal = circuit.IsOpen ? Acceptance.BrokerAway : Acceptance.Overloaded;
                metrics.Ended(refusal, 1);
                next.End(refusal);
                continue;
            }

            batch.Add(next);
            weight += next.Weight;
            bytes += next.EstimatedBytes;
        }
    }

    private async Task SendAndSurviveAsync(List<Submission> batch, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(batch, cancellationToken);
        }
#pragma warning disable CA1031 // Whatever is wrong with one batch, the partition must go on with the next.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(exception, partition, batch.Count);
            End(batch, Acceptance.Unknown);
        }
    }

    private async Task SendAsync(List<Submission> batch, CancellationToken cancellationToken)
    {
        var commands = new Command[batch.Count];
        for (var index = 0; index < commands.Length; index++)
        {
            commands[index] = batch[index].Command;
        }

        var underWay = new BatchUnderWay(Guid.CreateVersion7(time.GetUtcNow()));
        _underWay = underWay;
        var trace = BatchTrace.Begin(partition, batch, time);
        var message = new CommandBatch
        {
            BatchId = underWay.BatchId,
            Partition = partition,
            ReplyTo = instance.Id,
            Commands = commands,
            TraceParent = trace?.TraceParent,
        };

        var startedAt = time.GetTimestamp();
        var bound = options.ConfirmTimeout - time.GetElapsedTime(batch[0].TakenAt);
        FailPoint.Hit("before_send");
        var acceptance = await sender.SendAsync(CommandsAddress, routingKey, message, bound, cancellationToken);
        FailPoint.Hit("after_confirm");
        metrics.Sent(acceptance, commands.Length, time.GetElapsedTime(startedAt));
        trace?.End(acceptance, time);
        if (acceptance is Acceptance.Accepted)
        {
            circuit.Confirmed();
        }
        else if (acceptance is Acceptance.Unknown or Acceptance.BrokerAway)
        {
            circuit.Open();
        }

        End(batch, acceptance);
        await LingerAsync(underWay, options.Linger - time.GetElapsedTime(startedAt), cancellationToken);
    }

    private void End(List<Submission> batch, Acceptance acceptance)
    {
        if (batch.Count == 0)
        {
            return;
        }

        metrics.Ended(acceptance, batch.Count);
        foreach (var submission in batch)
        {
            submission.End(acceptance);
        }

        batch.Clear();
    }

    private async Task LingerAsync(BatchUnderWay underWay, TimeSpan longest, CancellationToken cancellationToken)
    {
        if (longest > TimeSpan.Zero && !underWay.Task.IsCompleted && Volatile.Read(ref _waitingCommands) < options.BatchCommandsMax)
        {
            await Task.WhenAny(underWay.Task, Task.Delay(longest, time, cancellationToken));
        }
    }

    [LoggerMessage(3102, LogLevel.Error, "Partition {Partition}: a batch of {CommandCount} commands could not be sent")]
    private partial void LogFailed(Exception exception, int partition, int commandCount);

    /// <summary>The batch that was sent last; completes when it is applied, or when enough waits for another.</summary>
    private sealed class BatchUnderWay(Guid batchId) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        internal Guid BatchId { get; } = batchId;
    }
}
