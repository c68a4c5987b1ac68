namespace Rsvp.Bench.Load;

/// <summary>One round on one contender.</summary>
internal sealed record RoundPlan
{
    /// <summary>The part of the benchmark that it belongs to, and what is measured in it.</summary>
    public required string Part { get; init; }

    public required string Scenario { get; init; }

    /// <summary>Counted from 1; 0 warms up.</summary>
    public required int Round { get; init; }

    /// <summary>Who is asked for places; each request takes the next.</summary>
    public required Guid[] Activities { get; init; }

    public required int Connections { get; init; }

    /// <summary>How long requests are sent.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Requests a second of an open loop; null: each connection sends the next when it has its answer.</summary>
    public double? Rate { get; init; }

    /// <summary>Connections to PostgreSQL, of a contender whose pool was chosen for the round; 0 for ours.</summary>
    public int PoolSize { get; init; }

    /// <summary>True: a request ends with the 202 that says it is stored.</summary>
    public bool EndsAtAcceptance { get; init; }
}
