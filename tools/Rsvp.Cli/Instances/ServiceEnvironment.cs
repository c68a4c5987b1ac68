using System.Globalization;
using Rsvp.Cli.Servers;
using Rsvp.Hosting.Secrets;

namespace Rsvp.Cli.Instances;

/// <summary>What a service is told by its environment.</summary>
internal static class ServiceEnvironment
{
    internal const string Issuer = KnownSecrets.DevelopmentIssuer;
    internal const string Audience = "rsvp";

    internal static Dictionary<string, string> For(
        Service service, ServerContext context, PostgresServer postgres, RabbitServer rabbit, PartitionTopology partitions)
    {
        Secrets secrets = context.Secrets;
        string password = service.Role switch
        {
            "rsvp_api" => secrets.PostgresApi,
            "rsvp_worker" => secrets.PostgresWorker,
            _ => secrets.PostgresNotifier,
        };
        var environment = new Dictionary<string, string>
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_URLS"] = service.Url,
            ["ConnectionStrings__Postgres"] = postgres.ServiceKeywords(service.Role, password),
            ["ConnectionStrings__RabbitMq"] = rabbit.ServiceUrl(service.Role),
            ["Partitions__Version"] = partitions.Version.ToString(CultureInfo.InvariantCulture),
            ["Partitions__Count"] = partitions.Count.ToString(CultureInfo.InvariantCulture),
            ["Jwt__Issuer"] = Issuer,
            ["Jwt__Audience"] = Audience,
            ["Jwt__Key"] = secrets.JwtKey,
            ["RequestIds__Key"] = secrets.RequestIdsKey,
        };
        if (service.IsWorker)
        {
            environment["Worker__Name"] = service.Name;
            environment["ConnectionStrings__Migrations"] = postgres.Address.Keywords(PostgresServer.Owner, secrets.PostgresOwner);
        }
        else
        {
            environment["Management__Port"] = service.ManagementPort.ToString(CultureInfo.InvariantCulture);
        }

        if (service.IsApi)
        {
            environment["Notifier__Url"] = NotifierUrls(context);
            if (OperatingSystem.IsLinux()) environment["Edge__SharesPort"] = "true";
        }

        return environment;
    }

    /// <summary>The notifiers that were started, whether they live just now or not.</summary>
    internal static string NotifierUrls(ServerContext context) => string.Join(
        ';',
        context.State.Processes
            .Select(process => Service.ByName(context.Ports, process.Name))
            .OfType<Service>()
            .Where(service => service.IsNotifier)
            .OrderBy(service => service.Number)
            .Select(service => service.Url));
}
