using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Rsvp.Hosting.Messaging;

namespace Rsvp.Worker.DeadLetters;

/// <summary>The queue of the dead letters, opened to look at it. What was read and not removed is back in the queue when this is closed, or its process dies.</summary>
internal sealed class DeadLetterQueue : IAsyncDisposable
{
    // For a connection, for each answer, and for all answers together when it puts back.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    // What the broker and the bus added when they gave the message up; the bus's own headers of a message begin with MT-, too, but none of these.
    private static readonly string[] FaultHeaders = ["x-death", "x-first-death-", "x-last-death-", "x-delivery-count", "x-acquired-count", "MT-Fault-", "MT-Reason", "MT-Host-"];

    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private int _inHand;

    private DeadLetterQueue(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    /// <summary>Connects.</summary>
    /// <param name="broker">The broker, and a user who may read the queue and write to the default exchange.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="BrokerUnreachableException">The broker is not there, or refuses the user.</exception>
    public static async Task<DeadLetterQueue> OpenAsync(BrokerAddress broker, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = broker.Url,
            ClientProvidedName = "rsvp dead letters",
            AutomaticRecoveryEnabled = false,
            RequestedConnectionTimeout = AnswerTimeout,
            ContinuationTimeout = AnswerTimeout,
        };
        var connection = await factory.CreateConnectionAsync([.. broker.Nodes.Select(node => new AmqpTcpEndpoint(node.Host, node.Port))], cancellationToken);
        try
        {
            return new DeadLetterQueue(connection, await connection.CreateChannelAsync(new CreateChannelOptions(true, true), cancellationToken));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closing the channel puts back what was read, as the death of the process does; this completes when as many lie there as must, for the next who looks, or after 5 s.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_inHand > 0)
            {
                await PutBackAsync();
            }
        }
        catch (Exception error) when (error is RabbitMQClientException or IOException or OperationCanceledException)
        {
            // The broker is away, or somebody else has them in hand: it puts back what nobody holds any more.
        }
        finally
        {
            await _channel.DisposeAsync();
            await _connection.DisposeAsync();
        }
    }

    /// <summary>How many messages lie there; none while the queue is not made yet. After that answer, this cannot be used any more.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await CountAsync(_channel, cancellationToken);
        }
        catch (OperationInterruptedException refusal) when (refusal.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return 0;
        }
    }

    /// <summary>Reads what lies there, in the order of the queue; each once.</summary>
    /// <param name="max">The most to read.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<DeadLetter> ReadAsync(int max, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var read = 0; read < max && await GetAsync(cancellationToken) is BasicGetResult got; read++)
        {
            _inHand++;
            yield return DeadLetterReading.Read(got);
        }
    }

    /// <summary>Sends a dead letter back to the queue that it left, as it was before it left it.</summary>
    /// <exception cref="PublishException">The queue is not there, or is full: nothing was sent.</exception>
    public Task SendBackAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var properties = new BasicProperties(letter.Properties)
        {
            Headers = letter.Properties.Headers?.Where(header => !IsOfFault(header.Key)).ToDictionary(),
            DeliveryMode = DeliveryModes.Persistent,
        };
        return SendAsync(letter.Origin!, properties, letter.Body, cancellationToken);
    }

    /// <summary>Puts a message into a queue; completes when the broker has it.</summary>
    /// <exception cref="PublishException">The queue is not there, or is full: nothing was sent.</exception>
    public async Task SendAsync(string queue, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        await _channel.BasicPublishAsync("", queue, mandatory: true, properties, body, cancellationToken);

    /// <summary>Takes a dead letter out for good.</summary>
    public async Task RemoveAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        await _channel.BasicAckAsync(letter.DeliveryTag, multiple: false, cancellationToken);
        _inHand--;
    }

    private static async Task<long> CountAsync(IChannel channel, CancellationToken cancellationToken) =>
        (await channel.QueueDeclarePassiveAsync(Topology.DeadLetterQueue, cancellationToken)).MessageCount;

    // The broker answers that a channel is closed before the queue has back what the channel held.
    private async Task PutBackAsync()
    {
        using var timeout = new CancellationTokenSource(AnswerTimeout);
        var behind = await CountAsync(_channel, timeout.Token);
        await _channel.CloseAsync(timeout.Token);
        await using var after = await _connection.CreateChannelAsync(cancellationToken: timeout.Token);
        while (await CountAsync(after, timeout.Token) < behind + _inHand)
        {
            await Task.Delay(PollInterval, timeout.Token);
        }
    }

    private static bool IsOfFault(string header) => Array.Exists(FaultHeaders, start => header.StartsWith(start, StringComparison.OrdinalIgnoreCase));

    private async Task<BasicGetResult?> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _channel.BasicGetAsync(Topology.DeadLetterQueue, autoAck: false, cancellationToken);
        }
        catch (OperationInterruptedException refusal) when (refusal.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return null;
        }
    }
}
