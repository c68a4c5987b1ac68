using System.ComponentModel.DataAnnotations;

namespace Rsvp.Worker.Balancing;

/// <summary>How workers share the partitions; section <c>Balancing</c>. Whatever stands here, every worker ends up subscribed to every partition.</summary>
internal sealed class BalancingOptions : IValidatableObject
{
    /// <summary>False: every worker subscribes to everything at once and stays where it is in line, so that the first to start has all the work; default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Time between a worker's signs of life, which are also its looks at the others; default 1 s, 100 ms to 10 s. Each costs one round trip.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:10")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which a worker is taken for dead; default 3 s, 300 ms to 1 min, at least two intervals. The broker itself moves a dead worker's partitions at once; this only decides who has them in the end.</summary>
    [Range(typeof(TimeSpan), "00:00:00.300", "00:01:00")]
    public TimeSpan DeadAfter { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Time without an answer of the database after which a worker leaves every queue to the others, until it is answered again; default 10 s, 1 s to 10 min, and at least <see cref="DeadAfter"/>. Only a worker that balances notices.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan AwayAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a new worker must live before partitions are moved to it; default 3 s, 0 to 1 min. Workers that come and go faster move nothing.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Longest that a worker waits for another to go first: to subscribe before it, or to get out of the way of a partition's new owner;
    /// default 3 s, 0 to 1 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(3);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DeadAfter < Interval * 2)
        {
            yield return new ValidationResult("Balancing:DeadAfter must be at least two intervals.", [nameof(DeadAfter)]);
        }

        if (AwayAfter < DeadAfter)
        {
            yield return new ValidationResult("Balancing:AwayAfter must be at least Balancing:DeadAfter.", [nameof(AwayAfter)]);
        }
    }
}
