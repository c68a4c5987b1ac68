using Npgsql;
using Rsvp.Hosting.Auth;

namespace Rsvp.Cli.Instances;

/// <summary>What other tools may know about a running instance: <c>run.json</c>.</summary>
internal sealed record RunFile
{
    public required string ApiUrl { get; init; }
    public required string NotifierUrl { get; init; }

    /// <summary>Whether tests may make people and activities in it and change its rows: what <c>./rsvp up</c> starts, and whatever its operator says so of.</summary>
    public bool Disposable { get; init; }

    /// <summary>libpq URL of the role that owns the schema.</summary>
    public required string Postgres { get; init; }

    /// <summary>libpq URL of a role that reads everything and writes nothing; null when an older build wrote the file.</summary>
    public string? PostgresAuditor { get; init; }

    /// <summary>AMQP URL of an administrator.</summary>
    public required string Rabbitmq { get; init; }

    /// <summary>URL of the management API, credentials included.</summary>
    public required string RabbitmqManagement { get; init; }

    /// <summary>URL of the Prometheus that watches; null when there is none.</summary>
    public string? Prometheus { get; init; }

    public required IReadOnlyList<MetricsUrl> Metrics { get; init; }
    public required JwtSettings Jwt { get; init; }
    public required IReadOnlyList<RunningProcess> Processes { get; init; }

    /// <summary>The database in the form that Npgsql reads, as the owner of the schema.</summary>
    internal string OwnerKeywords() => Keywords(Postgres);

    /// <summary>The database in the form that Npgsql reads, for whoever only looks.</summary>
    internal string AuditorKeywords() => Keywords(PostgresAuditor ?? Postgres);

    internal static RunFile Load(RsvpHome home) =>
        JsonFile.Read<RunFile>(home.RunFile) ?? throw new ToolException("nothing is running here: ./rsvp up -d starts it");

    private static string Keywords(string url)
    {
        var uri = new Uri(url);
        string[] user = uri.UserInfo.Split(':', 2);
        return new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port > 0 ? uri.Port : 5432,
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.Trim('/')),
        }.ToString();
    }
}

/// <summary>Where one service's figures are.</summary>
internal sealed record MetricsUrl(string Name, string Url);

/// <summary>One real process.</summary>
internal sealed record RunningProcess(string Name, int Pid);

/// <summary>Who signs the development tokens (HS256, the key is the UTF-8 text).</summary>
internal sealed record JwtSettings(string Issuer, string Audience, string Key)
{
    /// <summary>Signs tokens that the services of this instance accept.</summary>
    internal TokenFactory Tokens(TimeProvider time) => new(new JwtOptions { Issuer = Issuer, Audience = Audience, Key = Key }, time);
}
