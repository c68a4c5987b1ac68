using System.CommandLine;
using Npgsql;
using Rsvp.Cli;
using Spectre.Console;

var root = RsvpCommands.Create();

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
