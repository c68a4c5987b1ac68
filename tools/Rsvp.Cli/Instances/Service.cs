using System.Globalization;

namespace Rsvp.Cli.Instances;

/// <summary>One process of the system: what runs, where it listens, and where its figures are.</summary>
internal sealed record Service(string Name, string Assembly, string Role, int Port, int ManagementPort)
{
    internal string Url => $"http://127.0.0.1:{Port}";

    /// <summary>On the management port, because the APIs share the other one.</summary>
    internal string ReadyUrl => $"http://127.0.0.1:{ManagementPort}/health/ready";

    internal string MetricsUrl => $"http://127.0.0.1:{ManagementPort}/metrics";

    internal bool IsWorker => Role == "rsvp_worker";

    internal bool IsApi => Role == "rsvp_api";

    internal bool IsNotifier => Role == "rsvp_notifier";

    /// <summary>From 1; the last part of the name.</summary>
    internal int Number => int.Parse(Name.AsSpan(Name.IndexOf('-', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);

    internal static Service Api(PortPlan ports, int number = 1) => new(Named("api", number), "Rsvp.Api", "rsvp_api", ports.Api, ports.ApiManagement(number));

    internal static Service Notifier(PortPlan ports, int number = 1) =>
        new(Named("notifier", number), "Rsvp.Notifier", "rsvp_notifier", ports.Notifier(number), ports.NotifierManagement(number));

    internal static Service Worker(PortPlan ports, int number) => new(Named("worker", number), "Rsvp.Worker", "rsvp_worker", ports.Worker(number), ports.Worker(number));

    /// <summary>Every service of an instance, those that others wait for first.</summary>
    internal static IReadOnlyList<Service> All(PortPlan ports, ServiceCounts counts) =>
    [
        .. Enumerable.Range(1, counts.Workers).Select(number => Worker(ports, number)),
        .. Enumerable.Range(1, counts.Notifiers).Select(number => Notifier(ports, number)),
        .. Enumerable.Range(1, counts.Apis).Select(number => Api(ports, number)),
    ];

    /// <summary>The service of that name; null for a name that no service has.</summary>
    internal static Service? ByName(PortPlan ports, string name)
    {
        string[] parts = name.Split('-', 2);
        if (parts.Length != 2 || !int.TryParse(parts[1], CultureInfo.InvariantCulture, out int number)) return null;

        return parts[0] switch
        {
            "api" => Api(ports, number),
            "notifier" => Notifier(ports, number),
            "worker" => Worker(ports, number),
            _ => null,
        };
    }

    private static string Named(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}");
}

/// <summary>How many of each run.</summary>
internal sealed record ServiceCounts(int Workers = 2, int Apis = 1, int Notifiers = 1);
