namespace Rsvp.Api.Submitting;

/// <summary>This process among the API instances.</summary>
internal sealed class ApiInstance(TimeProvider time)
{
    /// <summary>Routing key behind the outcomes exchange; new with every start, so that no one else's answers come here.</summary>
    internal string Id { get; } = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");

    internal string QueueName => "rsvp.api." + Id;

    /// <summary>The exchange before the queue: what an API may write to besides the commands. Everybody else's answers are the workers' to give.</summary>
    internal Uri QueueAddress => new($"exchange:{QueueName}?temporary=true");
}
