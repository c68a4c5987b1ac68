using System.CommandLine;
using Rsvp.Cli.Audit;
using Rsvp.Cli.Bench;
using Rsvp.Cli.DeadLetters;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Scaling;
using Rsvp.Cli.Soak;
using Rsvp.Cli.Storm;
using Rsvp.Cli.Tests;
using Rsvp.Cli.Tokens;
using Rsvp.Cli.Watch;

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
        AuditCommand.Create(),
        DeadCommand.Create(),
    };
}
