using System.Globalization;
using Rsvp.Contracts;
using Rsvp.Hosting.Partitions;

namespace Rsvp.Hosting.Messaging;

/// <summary>Names on the broker. <c>infra/rabbitmq/definitions.json</c> says the same, and a test compares them.</summary>
public static class Topology
{
    /// <summary>Direct exchange for command batches; the routing key is <see cref="PartitionKey"/>.</summary>
    public const string CommandsExchange = "rsvp.commands";

    /// <summary>Direct exchange for answers to waiting API instances; the routing key is <c>CommandBatch.ReplyTo</c>.</summary>
    public const string OutcomesExchange = "rsvp.outcomes";

    /// <summary>Fan-out exchange for committed changes; every notifier instance binds its own queue.</summary>
    public const string ChangesExchange = "rsvp.changes";

    /// <summary>Fan-out exchange for <c>NotificationsIssued</c>; a notification service outside binds its own queue.</summary>
    public const string NotificationsExchange = "rsvp.notifications";

    /// <summary>The notifiers' queue of what people are to be told; all instances share it.</summary>
    public const string NotificationsQueue = "rsvp.notifications.v1";

    /// <summary>Queue of the promotion saga's events.</summary>
    public const string PromotionQueue = "rsvp.promotion.v1";

    /// <summary>What the names of all partitions' queues begin with.</summary>
    public const string PartitionQueuePrefix = "rsvp.partition.";

    /// <summary>Where the broker puts what a partition could not apply after <see cref="DeliveryLimit"/> attempts.</summary>
    public const string DeadLetterQueue = "rsvp.dead";

    /// <summary>Deliveries before the broker gives a message up; the last resort behind single mode.</summary>
    public const int DeliveryLimit = 20;

    /// <summary>The queue of a partition. Queue arguments are fixed at the first declaration, and activities change their queue with P, so the name carries a topology version.</summary>
    /// <param name="version">The topology's.</param>
    /// <param name="partition">0 to P − 1.</param>
    public static string PartitionQueue(int version, int partition) => PartitionQueuePrefix + PartitionKey(version, partition);

    /// <summary>The routing key of a partition.</summary>
    /// <param name="version">The topology's.</param>
    /// <param name="partition">0 to P − 1.</param>
    public static string PartitionKey(int version, int partition) => string.Create(CultureInfo.InvariantCulture, $"v{version}.{partition:D3}");

    /// <summary>The routing key of a batch in this deployment. Its activity decides, not the partition it was made for: it may have waited in an outbox while the topology changed.</summary>
    /// <param name="partitions">The deployment's partitions.</param>
    /// <param name="batch">Commands of one partition.</param>
    public static string RoutingKeyOf(PartitionTopologyOptions partitions, CommandBatch batch)
    {
        ArgumentNullException.ThrowIfNull(partitions);
        ArgumentNullException.ThrowIfNull(batch);
        return PartitionKey(partitions.Version, batch.Commands is [var first, ..] ? Partitioner.PartitionOf(first.ActivityId, partitions.Count) : batch.Partition);
    }
}
