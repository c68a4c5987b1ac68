using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Rsvp.Hosting.Messaging;

namespace Rsvp.Hosting.Secrets;

/// <summary>Refuses secrets that everybody knows: a password that servers come with, a key that pages show. A developer's machine may have them.</summary>
public static class KnownSecrets
{
    /// <summary>What <c>./rsvp token</c> signs for; its key is in a file that was never meant to be kept.</summary>
    public const string DevelopmentIssuer = "rsvp-development";

    // A random text of 32 characters has about 20 different ones.
    private const int DifferentCharactersMin = 8;

    private static readonly HashSet<string> Passwords = new(StringComparer.OrdinalIgnoreCase)
    {
        "guest", "postgres", "rabbitmq", "rsvp", "admin", "administrator", "root", "user", "test", "password", "passw0rd", "secret", "changeme", "change-me", "12345678",
    };

    private static readonly string[] PartsOfKeys = ["changeme", "change-me", "change_me", "your-256-bit", "your-secret", "secret-at-least-256-bits", "sample", "example", "development"];

    /// <summary>Throws when a setting is such a secret and this is not the development environment.</summary>
    /// <param name="configuration">The service's configuration.</param>
    /// <param name="environment">Where it runs.</param>
    /// <exception cref="InvalidOperationException">Names the settings, and not what they are.</exception>
    public static void Refuse(IConfiguration configuration, IHostEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (environment.IsDevelopment())
        {
            return;
        }

        string[] known = [.. Find(configuration)];
        if (known.Length > 0)
        {
            throw new InvalidOperationException(
                $"Known to everybody, so not for the environment {environment.EnvironmentName}: {string.Join(", ", known)}. Set secrets of your own; infra/compose/make-secrets.sh makes some.");
        }
    }

    private static IEnumerable<string> Find(IConfiguration configuration)
    {
        foreach (var name in new[] { "Postgres", "Migrations" })
        {
            if (configuration.GetConnectionString(name) is { } database
                && new NpgsqlConnectionStringBuilder(database) is { Password: { } password } user && IsKnownPassword(user.Username, password))
            {
                yield return $"the password of ConnectionStrings:{name}";
            }
        }

        // Without a user the client would be the guest.
        if (configuration.GetConnectionString("RabbitMq") is { } broker && TryParse(broker) is { } url
            && url.UserInfo.Split(':', 2) is var parts && (parts.Length < 2 || IsKnownPassword(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1]))))
        {
            yield return "the password of ConnectionStrings:RabbitMq";
        }

        foreach (var name in new[] { "Jwt:Key", "RequestIds:Key" })
        {
            if (configuration[name] is { } key && IsKnownKey(key))
            {
                yield return name;
            }
        }

        if (configuration["Jwt:Issuer"] == DevelopmentIssuer)
        {
            yield return "Jwt:Issuer";
        }
    }

    /// <summary>Null for what is no address; the bus will say so.</summary>
    private static Uri? TryParse(string broker)
    {
        try
        {
            return BrokerAddress.Parse(broker).Url;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    private static bool IsKnownPassword(string? user, string password) =>
        password.Length == 0 || Passwords.Contains(password) || string.Equals(user, password, StringComparison.OrdinalIgnoreCase);

    private static bool IsKnownKey(string key) =>
        key.Distinct().Count() < DifferentCharactersMin || PartsOfKeys.Any(part => key.Contains(part, StringComparison.OrdinalIgnoreCase));
}
