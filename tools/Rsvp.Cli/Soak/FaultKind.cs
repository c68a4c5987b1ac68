namespace Rsvp.Cli.Soak;

/// <summary>A kind of fault: whom it can strike, how it begins and how it is healed.</summary>
internal sealed record FaultKind
{
    internal const string PostgresVictim = "postgres";
    internal const string BrokerVictim = "rabbitmq";

    private static readonly string[] Workers = ["worker-1", "worker-2"];

    /// <summary>All of them. Seconds are how long one lasts; the allowance is what recovery is expected to take on a busy machine of two cores.</summary>
    internal static readonly IReadOnlyList<FaultKind> All =
    [
        new()
        {
            Name = "kill", Victims = Workers, SecondsMin = 0, SecondsMax = 5, Allowance = TimeSpan.FromSeconds(8), AllowsMeanwhile = true,
            Begin = (hand, victim, stop) => hand.Instance.KillAsync(victim, stop), Heal = (hand, victim, stop) => hand.Instance.StartAsync(victim, stop),
        },
        new()
        {
            Name = "kill", Victims = ["api-1", "notifier-1"], SecondsMin = 0, SecondsMax = 3, Allowance = TimeSpan.FromSeconds(10),
            Begin = (hand, victim, stop) => hand.Instance.KillAsync(victim, stop), Heal = (hand, victim, stop) => hand.Instance.StartAsync(victim, stop),
        },
        new()
        {
            // More than three heartbeats, so that the broker gives its partitions to the other.
            Name = "freeze", Victims = Workers, SecondsMin = 7, SecondsMax = 12, Allowance = TimeSpan.FromSeconds(6), AllowsMeanwhile = true,
            Begin = (hand, victim, _) => hand.FreezeAsync(victim), Heal = (hand, victim, stop) => hand.ThawAsync(victim, stop),
        },
        new()
        {
            Name = "restart", Victims = [.. Workers, "api-1", "notifier-1"], SecondsMin = 0, SecondsMax = 2, Allowance = TimeSpan.FromSeconds(12),
            Begin = (hand, victim, stop) => hand.Instance.StopAsync(victim, stop), Heal = (hand, victim, stop) => hand.Instance.StartAsync(victim, stop),
        },
        new()
        {
            Name = "fast restart", Victims = [PostgresVictim], SecondsMin = 0, SecondsMax = 4, Allowance = TimeSpan.FromSeconds(10), IsOfServer = true,
            Begin = (hand, victim, stop) => hand.Instance.StopAsync(victim, stop), Heal = (hand, victim, stop) => hand.Instance.StartAsync(victim, stop),
        },
        new()
        {
            Name = "immediate stop", Victims = [PostgresVictim], SecondsMin = 0, SecondsMax = 4, Allowance = TimeSpan.FromSeconds(10), IsOfServer = true,
            Begin = (hand, victim, stop) => hand.CrashPostgresAsync(victim, stop), Heal = (hand, victim, stop) => hand.Instance.StartAsync(victim, stop),
        },
        new()
        {
            Name = "end backends of", Victims = ["rsvp_worker", "rsvp_api", "rsvp_notifier"], SecondsMin = 1, SecondsMax = 5, Allowance = TimeSpan.FromSeconds(4),
            IsOfServer = true, Hold = (hand, victim, duration, stop) => hand.EndBackendsAsync(victim, duration, stop),
        },
        new()
        {
            Name = "restart", Victims = [BrokerVictim], SecondsMin = 0, SecondsMax = 3, Allowance = TimeSpan.FromSeconds(25), IsOfServer = true,
            Begin = (hand, victim, stop) => hand.Instance.StopAsync(victim, stop), Heal = (hand, victim, stop) => hand.Instance.StartAsync(victim, stop),
        },
        new()
        {
            Name = "kill", Victims = [BrokerVictim], SecondsMin = 0, SecondsMax = 3, Allowance = TimeSpan.FromSeconds(25), IsOfServer = true,
            Begin = (hand, victim, stop) => hand.Instance.KillAsync(victim, stop), Heal = (hand, victim, stop) => hand.Instance.StartAsync(victim, stop),
        },
        new()
        {
            Name = "close all connections of", Victims = [BrokerVictim], SecondsMin = 0, SecondsMax = 0, Allowance = TimeSpan.FromSeconds(10), IsOfServer = true,
            Begin = (hand, _, stop) => hand.Broker.ControlAsync(["close_all_connections", "soak"], stop),
        },
        new()
        {
            Name = "memory alarm of", Victims = [BrokerVictim], SecondsMin = 2, SecondsMax = 8, Allowance = TimeSpan.FromSeconds(10), IsOfServer = true,
            Begin = (hand, _, stop) => hand.Broker.ControlAsync(["set_vm_memory_high_watermark", "absolute", "1MB"], stop),
            Heal = (hand, _, stop) => hand.ClearAlarmsAsync(stop),
        },
        new()
        {
            Name = "disk alarm of", Victims = [BrokerVictim], SecondsMin = 2, SecondsMax = 8, Allowance = TimeSpan.FromSeconds(10), IsOfServer = true,
            Begin = (hand, _, stop) => hand.Broker.ControlAsync(["set_disk_free_limit", "100000GB"], stop),
            Heal = (hand, _, stop) => hand.ClearAlarmsAsync(stop),
        },
    ];

    public required string Name { get; init; }

    public required IReadOnlyList<string> Victims { get; init; }

    public required double SecondsMin { get; init; }

    public required double SecondsMax { get; init; }

    public required TimeSpan Allowance { get; init; }

    /// <summary>Of PostgreSQL or RabbitMQ, not of a service.</summary>
    public bool IsOfServer { get; init; }

    /// <summary>Whether a server may have a fault of its own while it lasts.</summary>
    public bool AllowsMeanwhile { get; init; }

    public Func<FaultHand, string, CancellationToken, Task> Begin { get; init; } = (_, _, _) => Task.CompletedTask;

    public Func<FaultHand, string, TimeSpan, CancellationToken, Task> Hold { get; init; } = (_, _, duration, stop) => Task.Delay(duration, stop);

    public Func<FaultHand, string, CancellationToken, Task> Heal { get; init; } = (_, _, _) => Task.CompletedTask;

    internal static FaultKind Of(ScheduledFault fault) => All.Single(kind => kind.Name == fault.Kind && kind.Victims.Contains(fault.Victim));
}
