namespace Rsvp.Worker.Balancing;

/// <summary>Adds what shares the partitions among the workers.</summary>
internal static class BalancingExtensions
{
    public static void AddBalancing(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<BalancingOptions>().BindConfiguration("Balancing").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<WorkerInstance>();
        builder.Services.AddSingleton<DatabaseReach>();
        builder.Services.AddSingleton<WorkerTable>();
        builder.Services.AddSingleton<TopologyGate>();
        builder.Services.AddSingleton<Balancer>();
    }
}
