namespace Rsvp.Worker.Balancing;

/// <summary>This process among the workers.</summary>
internal sealed class WorkerInstance(IConfiguration configuration, TimeProvider time)
{
    /// <summary>New with every start: what an earlier life was subscribed to is not ours.</summary>
    internal Guid Id { get; } = Guid.CreateVersion7(time.GetUtcNow());

    /// <summary>What people call it, on the broker too.</summary>
    internal string Name { get; } = NameOf(configuration);

    internal string Host { get; } = Environment.MachineName;

    /// <summary><c>Worker:Name</c>, or the machine's name.</summary>
    internal static string NameOf(IConfiguration configuration) =>
        configuration["Worker:Name"] is { Length: > 0 } name ? name : Environment.MachineName;
}
