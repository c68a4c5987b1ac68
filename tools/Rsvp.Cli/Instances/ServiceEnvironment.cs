using System.Globalization;
using Rsvp.Cli.Servers;
using Rsvp.Hosting.Secrets;

namespace Rsvp.Cli.Instances;

/// <summary>What a service is told by its environment.</summary>
internal static class ServiceEnvironment
{
    internal const string Issuer = KnownSecrets.DevelopmentIssuer;
    internal const string Audience = "rsvp";

    internal static Dictionary<string, string> For(Service service, ServerContext context, PostgresServer postgres, RabbitServer rabbit)
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
            ["ConnectionStrings__Postgres"] = postgres.Address.Keywords(service.Role, password),
            ["ConnectionStrings__RabbitMq"] = rabbit.ServiceUrl(service.Role),
            ["Jwt__Issuer"] = Issuer,
            ["Jwt__Audience"] = Audience,
            ["Jwt__Key"] = secrets.JwtKey,
            ["RequestIds__Key"] = secrets.RequestIdsKey,
        };
        if (service.IsWorker)
        {
            environment["ConnectionStrings__Migrations"] = postgres.Address.Keywords(PostgresServer.Owner, secrets.PostgresOwner);
        }
        else
        {
            environment["Management__Port"] = service.ManagementPort.ToString(CultureInfo.InvariantCulture);
        }

        if (service.Role == "rsvp_api") environment["Notifier__Url"] = Service.Notifier(context.Ports).Url;

        return environment;
    }
}
