using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Rsvp.Cli.Servers;

/// <summary>Where a PostgreSQL server listens, and its superuser.</summary>
internal sealed record PostgresAddress(string Host, int Port, string Superuser, string Password, string Database)
{
    /// <summary>Keyword form for Npgsql.</summary>
    internal string Keywords(string user, string password, string? database = null) =>
        new NpgsqlConnectionStringBuilder { Host = Host, Port = Port, Username = user, Password = password, Database = database ?? Database }.ToString();

    /// <summary>URL form for libpq.</summary>
    internal string Url(string user, string password) =>
        $"postgresql://{Uri.EscapeDataString(user)}:{Uri.EscapeDataString(password)}@{Host}:{Port}/{Uri.EscapeDataString(Database)}";
}

/// <summary>A PostgreSQL server that the instance uses, whoever runs it.</summary>
internal abstract class PostgresServer(ServerContext context)
{
    internal const string Name = "postgres";
    internal const string Owner = "rsvp_owner";
    internal const string Auditor = "rsvp_auditor";
    internal const string DefaultDatabase = "rsvp";

    private static readonly TimeSpan ReadyAtMost = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    protected ServerContext Context { get; } = context;

    internal abstract PostgresAddress Address { get; }

    internal abstract bool IsRunning { get; }

    /// <summary>Real process id for other tools; null when the server is not ours.</summary>
    internal abstract int? Pid { get; }

    internal abstract Task StartAsync(CancellationToken cancellationToken);

    internal abstract Task StopAsync(CancellationToken cancellationToken);

    /// <summary>The server that takes over when this one is lost, of which services are told; null when there is none.</summary>
    internal PostgresAddress? Standby { get; set; }

    /// <summary>The port on this machine by which services reach the server, such as that of a proxy; null: the server's own.</summary>
    internal int? PortOfServices { get; set; }

    /// <summary>How many connections it takes, from its next start on.</summary>
    internal int ConnectionsMax { get; set; } = 200;

    /// <summary>Connection of a service: to whichever server takes writes.</summary>
    internal string ServiceKeywords(string user, string password)
    {
        var keywords = new NpgsqlConnectionStringBuilder(Address.Keywords(user, password));
        if (PortOfServices is { } port) (keywords.Host, keywords.Port) = ("127.0.0.1", port);
        if (Standby is { } standby)
        {
            keywords.Host = string.Create(CultureInfo.InvariantCulture, $"{Address.Host}:{Address.Port},{standby.Host}:{standby.Port}");
            keywords.TargetSessionAttributes = "primary";
        }

        return keywords.ToString();
    }

    /// <summary>Connection of the superuser to the maintenance database.</summary>
    internal string SuperuserKeywords => Address.Keywords(Address.Superuser, Address.Password, "postgres");

    /// <summary>Logs that explain a failure; null when they are elsewhere.</summary>
    protected virtual string? LogFile => null;

    /// <summary>Waits until connections are served, then makes the database and its roles if they are missing.</summary>
    internal async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await WaitUntilReadyAsync(cancellationToken);

        await using var connection = new NpgsqlConnection(SuperuserKeywords + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        (string Role, string Password)[] roles =
        [
            (Owner, Context.Secrets.PostgresOwner),
            ("rsvp_api", Context.Secrets.PostgresApi),
            ("rsvp_worker", Context.Secrets.PostgresWorker),
            ("rsvp_notifier", Context.Secrets.PostgresNotifier),
            (Auditor, Context.Secrets.PostgresAuditor),
        ];
        foreach ((string role, string password) in roles)
        {
            bool exists = await ExistsAsync(connection, "SELECT 1 FROM pg_roles WHERE rolname = $1", role, cancellationToken);
            string verb = exists ? "ALTER" : "CREATE";
            await ExecuteFormattedAsync(connection, verb + " ROLE %I LOGIN PASSWORD %L", role, password, cancellationToken);
        }

        if (!await ExistsAsync(connection, "SELECT 1 FROM pg_database WHERE datname = $1", Address.Database, cancellationToken))
        {
            await ExecuteFormattedAsync(connection, "CREATE DATABASE %I OWNER %I", Address.Database, Owner, cancellationToken);
            await ExecuteFormattedAsync(connection, "REVOKE ALL ON DATABASE %I FROM PUBLIC", Address.Database, "", cancellationToken);
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(SuperuserKeywords + ";Pooling=false;Timeout=5");
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException exception)
            {
                bool refused = exception is PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification };
                if (refused || !IsRunning || clock.Elapsed > ReadyAtMost)
                {
                    throw new ToolException($"PostgreSQL at {Address.Host}:{Address.Port} is not ready: {exception.Message}", LogFile);
                }

                await Task.Delay(PollInterval, cancellationToken);
            }
        }
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string sql, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = name } } };
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    /// <summary>Statements that take no parameters are quoted by the server itself.</summary>
    private static async Task ExecuteFormattedAsync(
        NpgsqlConnection connection, string template, string first, string second, CancellationToken cancellationToken)
    {
        await using var format = new NpgsqlCommand("SELECT format($1, $2, $3)", connection)
        {
            Parameters = { new() { Value = template }, new() { Value = first }, new() { Value = second } },
        };
        var statement = (string)(await format.ExecuteScalarAsync(cancellationToken))!;
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>A server that somebody else runs: <c>RSVP_POSTGRES</c>.</summary>
internal sealed class ExternalPostgres : PostgresServer
{
    internal ExternalPostgres(ServerContext context, string url)
        : base(context)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("postgres" or "postgresql"))
        {
            throw new ToolException("RSVP_POSTGRES must be a URL: postgresql://user:password@host:5432/database");
        }

        string[] user = uri.UserInfo.Split(':', 2);
        string database = Uri.UnescapeDataString(uri.AbsolutePath.Trim('/'));
        Address = new PostgresAddress(
            uri.Host,
            uri.Port > 0 ? uri.Port : 5432,
            Uri.UnescapeDataString(user[0]),
            user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "",
            database is "" or "postgres" ? DefaultDatabase : database);
    }

    internal override PostgresAddress Address { get; }

    internal override bool IsRunning => true;

    internal override int? Pid => null;

    internal override Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    internal override Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
