using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Rsvp.Cli.Instances;
using Rsvp.Cli.Processes;

namespace Rsvp.Cli.Tests;

/// <summary><c>./rsvp test</c>: what CI runs, from a clean clone, with private servers that end with the run.</summary>
internal static class TestCommand
{
    private const int DefaultPortBase = 18080;
    private const string ShortOnes = "Category!=Long";
    private const string WholeSystems = "Rsvp.EndToEnd.Tests";

    // From here on are the ports of whole systems that tests start.
    private const int InstancePortOffset = 100;
    private static readonly TimeSpan ProjectAtMost = TimeSpan.FromMinutes(20);

    internal static Command Create()
    {
        var filter = new Option<string?>("--filter") { Description = "only tests whose full name contains this (a dotnet test filter works too)" };
        var project = new Option<string?>("--project") { Description = "only test projects whose name contains this" };
        var withLong = new Option<bool>("--long") { Description = "the tests of minutes, too, which are left out otherwise unless a filter names them" };
        var system = new Option<DirectoryInfo?>("--system")
        {
            Description = "run those tests of whole systems that need nothing but a system against the one whose run.json is in this folder, such as containers",
        };
        var command = new Command("test", "Check the format, build, and run the tests against private servers.") { filter, project, withLong, system };
        command.SetAction((parsed, cancellationToken) =>
        {
            string? wanted = parsed.GetValue(filter) ?? (parsed.GetValue(withLong) ? null : ShortOnes);
            return parsed.GetValue(system) is { } given
                ? RunAgainstAsync(given.FullName, wanted, cancellationToken)
                : RunAsync(wanted, parsed.GetValue(project), cancellationToken);
        });
        return command;
    }

    /// <summary>The tests of whole systems, against one that is there: they skip themselves when they need more of it than its addresses.</summary>
    private static async Task<int> RunAgainstAsync(string system, string? filter, CancellationToken cancellationToken)
    {
        var outer = RsvpHome.FromEnvironment();
        var home = new RsvpHome(outer.In("test-system"), outer.Root);
        string results = home.In("results");
        if (!RunFile.Load(new RsvpHome(system, outer.Root)).Disposable)
        {
            throw new ToolException("the tests make people and activities and change rows: only where run.json says \"disposable\": true");
        }

        if (!await StepAsync("build", outer.Root, ["build", "Rsvp.sln", "-c", "Release", "-v", "q", "--nologo"], false, cancellationToken)) return 1;

        if (Directory.Exists(home.Path)) Directory.Delete(home.Path, recursive: true);
        Directory.CreateDirectory(results);
        var environment = new Dictionary<string, string> { ["RSVP_TEST_SYSTEM"] = system, ["RSVP_TEST_HOME"] = home.Path, ["RSVP_TEST_TOOLS"] = outer.In("tools") };
        TestTotals totals = await RunProjectAsync(home, WholeSystems, results, filter, environment, cancellationToken);
        Console.WriteLine();
        Console.WriteLine(totals);
        return totals is { Failed: 0, Passed: > 0 } ? 0 : 1;
    }

    private static async Task<int> RunAsync(string? filter, string? projectPart, CancellationToken cancellationToken)
    {
        var outer = RsvpHome.FromEnvironment();
        var home = new RsvpHome(outer.In("test"), outer.Root);
        int portBase = RsvpHome.PortBaseFromEnvironment(DefaultPortBase - 10000) + 10000;
        bool whole = filter is null or ShortOnes && projectPart is null;
        var totals = default(TestTotals);

        // Layout alone: the rules of style and the analyzers are errors of the build.
        if (whole && !await StepAsync("format", outer.Root, ["format", "whitespace", "Rsvp.sln", "--verify-no-changes", "--no-restore"], true, cancellationToken))
        {
            totals += new TestTotals(0, 1, 0);
        }

        if (await StepAsync("build", outer.Root, ["build", "Rsvp.sln", "-c", "Release", "-v", "q", "--nologo"], false, cancellationToken))
        {
            totals += await RunProjectsAsync(outer, home, portBase, filter, projectPart, cancellationToken);
        }
        else
        {
            totals += new TestTotals(0, 1, 0);
        }

        Console.WriteLine();
        Console.WriteLine(totals);
        return totals.Failed == 0 ? 0 : 1;
    }

    private static async Task<bool> StepAsync(string name, string root, string[] arguments, bool restore, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        Console.WriteLine($"== {name}");
        if (restore)
        {
            ShellResult restored = await Shell.RunAsync(
                Executables.Dotnet, ["restore", "Rsvp.sln", "-v", "q"], ProjectAtMost, workingDirectory: root, cancellationToken: cancellationToken);
            if (!restored.Ok) Console.WriteLine(restored.Output);
        }

        ShellResult result = await Shell.RunAsync(
            Executables.Dotnet, arguments, ProjectAtMost, workingDirectory: root, onLine: Console.WriteLine, cancellationToken: cancellationToken);
        Console.WriteLine($"== {name}: {(result.Ok ? "ok" : "FAILED")} after {clock.Elapsed.TotalSeconds:0} s");
        return result.Ok;
    }

    private static async Task<TestTotals> RunProjectsAsync(
        RsvpHome outer, RsvpHome home, int portBase, string? filter, string? projectPart, CancellationToken cancellationToken)
    {
        string results = home.In("results");
        await StopAllAsync(home, cancellationToken);
        if (Directory.Exists(home.Path)) Directory.Delete(home.Path, recursive: true);
        Directory.CreateDirectory(results);

        Console.WriteLine("== servers");
        using Instance instance = Instance.Open(home, portBase, Console.WriteLine);
        try
        {
            await instance.StartServersAsync(cancellationToken);
            var environment = new Dictionary<string, string>
            {
                ["RSVP_TEST_POSTGRES"] = instance.Postgres.SuperuserKeywords,
                ["RSVP_TEST_RABBITMQ"] = instance.Rabbit.Address.Url(instance.Rabbit.Address.Admin, instance.Rabbit.Address.Password),
                ["RSVP_TEST_RABBITMQ_MANAGEMENT"] = instance.Rabbit.Address.ManagementUrl,
                ["RSVP_TEST_HOME"] = home.Path,

                // Outside the home of the run, which starts empty: what was fetched once is kept.
                ["RSVP_TEST_TOOLS"] = outer.In("tools"),
                ["DOTNET_TieredPGO"] = "0", // A test run is too short to gain by it.
                ["RSVP_TEST_PORT_BASE"] = (portBase + InstancePortOffset).ToString(CultureInfo.InvariantCulture),
            };
            // The notifier's tests mostly wait for time to pass, and the small projects are soon done, so the two large ones run beside them; whole systems
            // have the machine to themselves.
            string[] projects = [.. FindProjects(home, projectPart)];
            TestTotals[] lanes = await Task.WhenAll(
                LaneAsync(project => project is "Rsvp.Api.Tests" or "Rsvp.Worker.Tests"), LaneAsync(project => project is not ("Rsvp.Api.Tests" or "Rsvp.Worker.Tests" or WholeSystems)));
            TestTotals last = await LaneAsync(project => project == WholeSystems);
            return lanes[0] + lanes[1] + last;

            async Task<TestTotals> LaneAsync(Func<string, bool> isHere)
            {
                var totals = default(TestTotals);
                foreach (string project in projects.Where(isHere))
                {
                    totals += await RunProjectAsync(home, project, results, filter, environment, cancellationToken);
                }

                return totals;
            }
        }
        finally
        {
            await instance.StopAsync(CancellationToken.None);
            instance.Dispose();
            await StopAllAsync(home, CancellationToken.None);
        }
    }

    /// <summary>The servers of the run, and whole systems that a test started and could not stop because it was killed.</summary>
    private static async Task StopAllAsync(RsvpHome home, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(home.Path)) return;

        foreach (string folder in Directory.GetDirectories(home.Path).Append(home.Path).Where(folder => File.Exists(Path.Combine(folder, "state.json"))))
        {
            await DownCommand.StopAsync(new RsvpHome(folder, home.Root), _ => { }, cancellationToken);
        }
    }

    private static IEnumerable<string> FindProjects(RsvpHome home, string? part) =>
        Directory.GetDirectories(home.InRoot("tests"), "*.Tests")
            .Select(folder => Path.GetFileName(folder)!)
            .Where(name => part is null || name.Contains(part, StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal);

    private static async Task<TestTotals> RunProjectAsync(
        RsvpHome home, string project, string results, string? filter, Dictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var output = new List<string> { $"== {project}" };
        string trx = Path.Combine(results, project + ".trx");
        string[] filters = filter is null ? [] : ["--filter", filter.IndexOfAny(['=', '~']) >= 0 ? filter : "FullyQualifiedName~" + filter];
        ShellResult result = await Shell.RunAsync(
            Executables.Dotnet,
            [
                "test", home.InRoot("tests", project), "-c", "Release", "--no-build", "--nologo", "-v", "q", "--logger", "console;verbosity=minimal",
                "--logger", $"trx;LogFileName={project}.trx", "--results-directory", results, .. filters,
            ],
            ProjectAtMost,
            environment,
            home.Root,
            onLine: output.Add,
            cancellationToken: cancellationToken);
        var totals = TestTotals.Read(trx, result.ExitCode);

        // In one piece: others may run beside it.
        output.Add($"== {project}: {totals}");
        Console.WriteLine(string.Join('\n', output));
        return totals;
    }
}
