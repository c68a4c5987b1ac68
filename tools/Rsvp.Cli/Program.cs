using System.CommandLine;
using Npgsql;
using Rsvp.Cli;
using Rsvp.Cli.Audit;
using Rsvp.Cli.DeadLetters;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Scaling;
using Rsvp.Cli.Soak;
using Rsvp.Cli.Storm;
using Rsvp.Cli.Tests;
using Rsvp.Cli.Tokens;
using Rsvp.Cli.Watch;
using Spectre.Console;

var root = new RootCommand("Runs, tests and measures the RSVP system on this machine.")
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
    SoakCommand.Create(),
    WatchCommand.Create(),
    AuditCommand.Create(),
    DeadCommand.Create(),
};

// A log is as wide as its lines.
if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 240;

// Stopping a system in good order takes longer than the two seconds that are usual after Ctrl-C.
var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(2) };
try
{
    return await root.Parse(args).InvokeAsync(configuration);
}
catch (ToolException exception)
{
    foreach (string line in exception.Tail()) Console.Error.WriteLine("  | " + line);
    Console.Error.WriteLine("rsvp: " + exception.Message);
    return 1;
}
catch (Exception exception) when (exception is NpgsqlException or HttpRequestException)
{
    // The system that was asked is not there, or not well.
    Console.Error.WriteLine("rsvp: " + exception.Message);
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}
