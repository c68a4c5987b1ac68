using System.Security.Cryptography;

namespace Rsvp.Cli.Instances;

/// <summary>Passwords and keys of one instance, made at its first start and kept until it is purged.</summary>
internal sealed record Secrets
{
    public required string PostgresSuperuser { get; init; }
    public required string PostgresOwner { get; init; }
    public required string PostgresApi { get; init; }
    public required string PostgresWorker { get; init; }
    public required string PostgresNotifier { get; init; }

    /// <summary>Younger than the others, so a file may lack it; then it is made anew at each start, which sets it.</summary>
    public string PostgresAuditor { get; init; } = NewText();

    public required string RabbitAdmin { get; init; }
    public required string RabbitApi { get; init; }
    public required string RabbitWorker { get; init; }
    public required string RabbitNotifier { get; init; }
    public required string ErlangCookie { get; init; }

    /// <summary>Key of the development tokens; its UTF-8 text is what signs.</summary>
    public required string JwtKey { get; init; }

    /// <summary>Key of the MAC inside request ids, base64.</summary>
    public required string RequestIdsKey { get; init; }

    internal static Secrets LoadOrCreate(RsvpHome home)
    {
        if (JsonFile.Read<Secrets>(home.SecretsFile) is { } known) return known;

        var made = new Secrets
        {
            PostgresSuperuser = NewText(),
            PostgresOwner = NewText(),
            PostgresApi = NewText(),
            PostgresWorker = NewText(),
            PostgresNotifier = NewText(),
            RabbitAdmin = NewText(),
            RabbitApi = NewText(),
            RabbitWorker = NewText(),
            RabbitNotifier = NewText(),
            ErlangCookie = NewText(),
            JwtKey = NewText() + NewText(),
            RequestIdsKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        };
        JsonFile.Write(home.SecretsFile, made);
        return made;
    }

    // 24 letters and digits: 142 bits, and nothing that a URL or a connection string would have to escape.
    private static string NewText() =>
        RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 24);
}
