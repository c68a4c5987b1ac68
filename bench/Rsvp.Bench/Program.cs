using System.Text.Json;
using Rsvp.Bench;
using Rsvp.Cli;
using Rsvp.Cli.Bench;

BenchOptions options = JsonSerializer.Deserialize<BenchOptions>(args[0])!;
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
try
{
    await BenchRunner.RunAsync(options, stop.Token);
    return 0;
}
catch (ToolException exception)
{
    foreach (string line in exception.Tail()) Console.Error.WriteLine("  | " + line);
    Console.Error.WriteLine("rsvp: " + exception.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
