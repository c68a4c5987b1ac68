namespace Rsvp.Cli.Servers;

/// <summary>Decides where PostgreSQL and RabbitMQ come from: given, installed, container, or installed now.</summary>
internal static class ServerFinder
{
    internal static async Task<(PostgresServer Postgres, RabbitServer Rabbit)> FindAsync(ServerContext context, CancellationToken cancellationToken)
    {
        PostgresServer? postgres = FindPostgres(context);
        RabbitServer? rabbit = FindRabbit(context);
        if (postgres is null || rabbit is null)
        {
            if (await ContainerEngine.AnswersAsync(cancellationToken))
            {
                postgres ??= new ContainerPostgres(context);
                rabbit ??= new ContainerRabbit(context);
            }
            else
            {
                string[] packages = [.. postgres is null ? (string[])["postgresql"] : [], .. rabbit is null ? (string[])["rabbitmq-server"] : []];
                await AptInstaller.InstallAsync(
                    context.Home, context.Say, packages, ", start Docker, or set RSVP_POSTGRES and RSVP_RABBITMQ to running servers", cancellationToken);
                postgres ??= FindPostgres(context);
                rabbit ??= FindRabbit(context);
            }
        }

        return (
            postgres ?? throw new ToolException("PostgreSQL 15 or newer is missing: install it, start Docker, or set RSVP_POSTGRES=postgresql://user:password@host:5432"),
            rabbit ?? throw new ToolException("RabbitMQ is missing: install it, start Docker, or set RSVP_RABBITMQ=amqp://user:password@host:5672/"));
    }

    /// <summary>True: somebody else runs a server, and others may use it.</summary>
    internal static bool AreExternal => Environment.GetEnvironmentVariable("RSVP_POSTGRES") is { Length: > 0 } || Environment.GetEnvironmentVariable("RSVP_RABBITMQ") is { Length: > 0 };

    private static PostgresServer? FindPostgres(ServerContext context)
    {
        if (Environment.GetEnvironmentVariable("RSVP_POSTGRES") is { Length: > 0 } url) return new ExternalPostgres(context, url);
        if (context.State.Containers.ContainsKey(PostgresServer.Name)) return new ContainerPostgres(context);

        return LocalPostgres.FindBinaries(context.Home.In("postgres", "data")) is { } binaries ? new LocalPostgres(context, binaries) : null;
    }

    private static RabbitServer? FindRabbit(ServerContext context)
    {
        if (Environment.GetEnvironmentVariable("RSVP_RABBITMQ") is { Length: > 0 } url)
        {
            return new ExternalRabbit(context, url, Environment.GetEnvironmentVariable("RSVP_RABBITMQ_MANAGEMENT"));
        }

        if (context.State.Containers.ContainsKey(RabbitServer.Name)) return new ContainerRabbit(context);

        return LocalRabbit.FindScript() is { } script ? new LocalRabbit(context, script) : null;
    }
}
