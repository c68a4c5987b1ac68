using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Rsvp.Hosting.Database;

/// <summary>Adds the data source of a service.</summary>
public static class PostgresExtensions
{
    // How long a host counts as what it last was; the default of 10 s would be added to every change of the primary.
    private const int RecheckSeconds = 1;

    // For what needs no database, whatever those wait for who do.
    private const int ThreadsBesides = 4;

    /// <summary>Adds an <see cref="NpgsqlDataSource"/> for <c>ConnectionStrings:Postgres</c> and the gate that waits for the schema.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="configure">Changes to the connection string, such as the pool's bound; null for none.</param>
    /// <exception cref="InvalidOperationException">The connection string is missing.</exception>
    public static void AddPostgres(this IHostApplicationBuilder builder, Action<NpgsqlConnectionStringBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var connectionString = builder.PostgresConnectionString(configure);
        builder.Services.AddSingleton(_ => CreateDataSource(connectionString, "main"));
        builder.Services.AddSingleton<SchemaGate>();
        builder.Services.AddSingleton<DatabaseHealthCheck>(); // One for all probes.
        builder.Services.AddHealthChecks().AddCheck<SchemaHealthCheck>("schema", tags: ["ready"]).AddCheck<DatabaseHealthCheck>("database", tags: ["ready"]);
    }

    /// <summary>A data source whose commands are spans of whatever is traced, and cost nothing when nothing is.</summary>
    /// <param name="connectionString">From <see cref="PostgresConnectionString"/>.</param>
    /// <param name="name">What spans and the pool's metrics call it.</param>
    public static NpgsqlDataSource CreateDataSource(string connectionString, string name)
    {
        var dataSource = new NpgsqlDataSourceBuilder(connectionString) { Name = name };
        dataSource.ConfigureTracing(tracing => tracing
            .ConfigureCommandFilter(_ => Activity.Current is { Recorded: true })
            .ConfigureBatchFilter(_ => Activity.Current is { Recorded: true })
            .EnablePhysicalOpenTracing(false)
            .EnableFirstResponseEvent(false));
        return Build(dataSource);
    }

    /// <summary>A data source without what <see cref="CreateDataSource"/> adds, for whatever is not traced.</summary>
    /// <param name="connectionString">From <see cref="PostgresConnectionString"/>.</param>
    public static NpgsqlDataSource CreatePlainDataSource(string connectionString) => Build(new NpgsqlDataSourceBuilder(connectionString));

    /// <summary>With several hosts the one that takes writes is looked for, unless the connection string says otherwise, and looked for again soon after it is gone.</summary>
    /// <param name="connectionString">Any.</param>
    public static string SeekPrimary(string connectionString)
    {
        var keywords = new NpgsqlConnectionStringBuilder(connectionString);
        if (!HasSeveralHosts(keywords))
        {
            return connectionString;
        }

        keywords.TargetSessionAttributes ??= "primary";
        keywords.HostRecheckSeconds = RecheckSeconds;
        return keywords.ConnectionString;
    }

    /// <summary>The connection string of a service's data sources: <c>ConnectionStrings:Postgres</c> with what they share.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="configure">Changes to the connection string, such as the pool's bound; null for none.</param>
    /// <exception cref="InvalidOperationException">The connection string is missing.</exception>
    public static string PostgresConnectionString(this IHostApplicationBuilder builder, Action<NpgsqlConnectionStringBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var connectionString = new NpgsqlConnectionStringBuilder(
            builder.Configuration.GetConnectionString("Postgres")
            ?? throw new InvalidOperationException("ConnectionStrings:Postgres is missing."))
        {
            ApplicationName = builder.Environment.ApplicationName,
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            Timeout = 5,
            CommandTimeout = 30,

            // The library's own keep-alive holds a thread for each resting connection of a database that hangs, until the command's timeout.
            TcpKeepAlive = true,
            TcpKeepAliveTime = 10,
            TcpKeepAliveInterval = 3,
            IncludeErrorDetail = false,
            SearchPath = "public",

            // Nothing here changes a session for longer than a transaction, so there is nothing to reset: seven statements each time otherwise.
            NoResetOnClose = true,
        };
        configure?.Invoke(connectionString);
        return SeekPrimary(connectionString.ConnectionString);
    }

    /// <summary>Lets the thread pool have a thread for each connection at once, and a few more, where its default is smaller.</summary>
    /// <remarks>
    /// To cancel a command the library connects anew and waits, on the thread that found the timeout. While the database hangs that is a thread for each connection,
    /// and whoever needs the broker alone would wait for them: beyond one for each processor the pool adds one or two a second.
    /// </remarks>
    /// <param name="connectionsMax">The bounds of all pools of the process.</param>
    public static void ReserveThreads(int connectionsMax)
    {
        ThreadPool.GetMinThreads(out var workerThreads, out var completionPortThreads);
        ThreadPool.SetMinThreads(Math.Max(workerThreads, connectionsMax + ThreadsBesides), completionPortThreads);
    }

    private static bool HasSeveralHosts(NpgsqlConnectionStringBuilder keywords) => keywords.Host?.Contains(',', StringComparison.Ordinal) == true;

    // Of several hosts the library makes a data source each, and wants to be told of whom one asks instead of reading it.
    private static NpgsqlDataSource Build(NpgsqlDataSourceBuilder dataSource)
    {
        var keywords = dataSource.ConnectionStringBuilder;
        if (!HasSeveralHosts(keywords))
        {
            return dataSource.Build();
        }

        var wanted = Enum.Parse<TargetSessionAttributes>((keywords.TargetSessionAttributes ?? "primary").Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
        keywords.TargetSessionAttributes = null;
        return dataSource.BuildMultiHost().WithTargetSession(wanted);
    }
}
