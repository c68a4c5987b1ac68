using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Rsvp.Hosting.Database;

/// <summary>Adds the data source of a service.</summary>
public static class PostgresExtensions
{
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
        return dataSource.Build();
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
            KeepAlive = 10,
            IncludeErrorDetail = false,
            SearchPath = "public",
        };
        configure?.Invoke(connectionString);
        return connectionString.ConnectionString;
    }
}
