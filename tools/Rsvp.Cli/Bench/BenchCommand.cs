using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Processes;

namespace Rsvp.Cli.Bench;

/// <summary><c>./rsvp bench</c>: builds what is in <c>bench/</c> and runs it.</summary>
internal static class BenchCommand
{
    internal static Command Create()
    {
        var quick = new Option<bool>("--quick") { Description = "one short round of the comparison: two minutes" };
        var parts = new Option<string[]>("--only")
        {
            Description = "these parts only: " + string.Join(", ", BenchOptions.AllParts),
            AllowMultipleArgumentsPerToken = true,
        };
        parts.AcceptOnlyFromAmong(BenchOptions.AllParts);
        var rounds = new Option<int>("--rounds") { Description = "rounds of each measurement, 1 to 20", DefaultValueFactory = _ => 3 };
        var seconds = new Option<double>("--seconds") { Description = "how long a round sends requests, 1 to 60", DefaultValueFactory = _ => 5 };
        rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 20) result.AddError("--rounds: 1 to 20");
        });
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 1 and <= 60)) result.AddError("--seconds: 1 to 60");
        });
        var folder = new Option<string?>("--out") { Description = "folder for results.json, the report and its plots" };
        var command = new Command("bench", "Measure this design beside two synchronous ones, and its limits.") { quick, parts, rounds, seconds, folder };
        command.SetAction((parsed, cancellationToken) =>
        {
            bool isQuick = parsed.GetValue(quick);
            return RunAsync(
                new BenchOptions
                {
                    IsQuick = isQuick,
                    Parts = parsed.GetValue(parts) is { Length: > 0 } some ? some : isQuick ? [BenchOptions.Comparison] : BenchOptions.AllParts,
                    Rounds = isQuick ? 1 : parsed.GetValue(rounds),
                    RoundSeconds = isQuick ? 3 : parsed.GetValue(seconds),
                    Folder = Path.GetFullPath(parsed.GetValue(folder) ?? DefaultFolder()),
                    CommandLine = "./rsvp " + string.Join(' ', parsed.Tokens.Select(token => token.Value)).Replace($" {folder.Name} {parsed.GetValue(folder)}", "", StringComparison.Ordinal),
                },
                cancellationToken);
        });
        return command;
    }

    private static string DefaultFolder() =>
        RsvpHome.FromEnvironment().In("bench", TimeProvider.System.GetUtcNow().ToString("yyyyMMdd-HHmmss", System.Globalization.CultureInfo.InvariantCulture));

    private static async Task<int> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        var home = RsvpHome.FromEnvironment();
        Console.WriteLine("building the benchmarks ...");
        string log = home.LogOf("bench-build");
        ShellResult built = await Shell.RunAsync(
            Executables.Dotnet,
            ["build", home.InRoot("bench", "Rsvp.Bench"), "-c", "Release", "-v", "q", "--nologo"],
            TimeSpan.FromMinutes(10),
            logFile: log,
            cancellationToken: cancellationToken);
        if (!built.Ok) throw new ToolException("the benchmarks do not build", log);

        var start = new ProcessStartInfo(
            Executables.Dotnet, [home.InRoot("bench", "Rsvp.Bench", "bin", "Release", "net10.0", "rsvp-bench.dll"), JsonSerializer.Serialize(options)]);

        // As for a storm: socket operations are completed on the thread that polls.
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("the benchmarks did not start");

        // Ctrl-C reaches it as well, and it stops what it has started.
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }
}
