using System.CommandLine;
using Npgsql;
using Rsvp.Hosting.Database;
using Rsvp.Hosting.Messaging;
using Rsvp.Worker.Audit;
using Rsvp.Worker.DeadLetters;
using Rsvp.Worker.Migrations;

namespace Rsvp.Worker.Operators;

/// <summary>What this executable does instead of being a worker, for operators who have its image and no other tool: <c>migrate</c>, <c>audit</c>, <c>dead</c>.</summary>
internal static class OperatorCommands
{
    /// <summary>Whether the arguments begin with a word, or ask for help: not only with one that is known, because an operator who mistypes it wants no worker.</summary>
    public static bool AreIn(string[] args) => args is ["--help" or "-h" or "-?" or "--version", ..] || (args is [{ Length: > 0 } first, ..] && first[0] != '-');

    /// <summary>Runs one. Ctrl-C and SIGTERM end it.</summary>
    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(IHostApplicationBuilder builder, string[] args)
    {
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
        try
        {
            return await Create(builder).Parse(args).InvokeAsync(configuration);
        }
        catch (NpgsqlException exception)
        {
            await configuration.Error.WriteLineAsync("rsvp: " + exception.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    /// <summary>All of them, on the servers that the settings name.</summary>
    public static RootCommand Create(IHostApplicationBuilder builder)
    {
        var migrate = new Command("migrate", "Bring the database ConnectionStrings:Migrations to this build's schema.");
        migrate.SetAction((_, cancellationToken) => Migrator.RunAsync(builder.Configuration, cancellationToken));
        return new RootCommand("Looks after a system. Without a command this is a worker.")
        {
            migrate,
            AuditCommand.Create(OpenDatabase),
            new DeadCommand(() => (Broker(), OpenDatabase())).Create(),
        };

        NpgsqlDataSource OpenDatabase() => PostgresExtensions.CreatePlainDataSource(builder.PostgresConnectionString());

        BrokerAddress Broker() => BrokerAddress.Parse(
            builder.Configuration.GetConnectionString("RabbitMq") ?? throw new InvalidOperationException("ConnectionStrings:RabbitMq is missing."));
    }
}
