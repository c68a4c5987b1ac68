using System.Globalization;

namespace Rsvp.Cli.Instances;

/// <summary>One process of the system: what runs, where it listens, and where its figures are.</summary>
internal sealed record Service(string Name, string Assembly, string Role, int Port, int ManagementPort)
{
    internal string Url => $"http://127.0.0.1:{Port}";

    internal string ReadyUrl => Url + "/health/ready";

    internal string MetricsUrl => $"http://127.0.0.1:{ManagementPort}/metrics";

    internal bool IsWorker => Role == "rsvp_worker";

    internal static Service Api(PortPlan ports) => new("api-1", "Rsvp.Api", "rsvp_api", ports.Api, ports.ApiManagement);

    internal static Service Notifier(PortPlan ports) => new("notifier-1", "Rsvp.Notifier", "rsvp_notifier", ports.Notifier, ports.NotifierManagement);

    internal static Service Worker(PortPlan ports, int number) =>
        new("worker-" + number.ToString(CultureInfo.InvariantCulture), "Rsvp.Worker", "rsvp_worker", ports.Worker(number), ports.Worker(number));

    /// <summary>Every service of an instance, those that others wait for first.</summary>
    internal static IReadOnlyList<Service> All(PortPlan ports, int workerCount) =>
        [.. Enumerable.Range(1, workerCount).Select(number => Worker(ports, number)), Notifier(ports), Api(ports)];

    /// <summary>The service of that name; null for a name that no service has.</summary>
    internal static Service? ByName(PortPlan ports, string name) => name switch
    {
        "api-1" => Api(ports),
        "notifier-1" => Notifier(ports),
        _ when name.StartsWith("worker-", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan("worker-".Length), CultureInfo.InvariantCulture, out int number) => Worker(ports, number),
        _ => null,
    };
}
