using System.CommandLine;
using Npgsql;
using Rsvp.Cli.Bench;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Scaling;
using Rsvp.Cli.Soak;
using Rsvp.Cli.Storm;
using Rsvp.Cli.Tests;
using Rsvp.Cli.Tokens;
using Rsvp.Cli.Watch;
using Rsvp.Hosting.Messaging;
using Rsvp.Worker.Audit;
using Rsvp.Worker.DeadLetters;

namespace Rsvp.Cli;

/// <summary>Everything that <c>./rsvp</c> can do.</summary>
internal static class RsvpCommands
{
    internal static RootCommand Create() => new("Runs, tests and measures the RSVP system on this machine.")
    {
        UpCommand.Create(),
        DownCommand.Create(),
        StatusCommand.Create(),
        ScaleCommand.Create(),
        RepartitionCommand.Create(),
        LogsCommand.Create(),
        TokenCommand.Create(),
        TestCommand.Create(),
        OpenApiCommand.Create(),
        StormCommand.Create(),
        BenchCommand.Create(),
        SoakCommand.Create(),
        WatchCommand.Create(),
        AuditCommand.Create(() => NpgsqlDataSource.Create(Running().AuditorKeywords())),
        new DeadCommand(() => (BrokerAddress.Parse(Running().Rabbitmq), NpgsqlDataSource.Create(Running().OwnerKeywords()))).Create(),
    };

    private static RunFile Running() => RunFile.Load(RsvpHome.FromEnvironment());
}
