using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using HdrHistogram;
using Rsvp.Cli.Instances;
using Rsvp.Worker.Audit;
using Spectre.Console;

namespace Rsvp.Cli.Storm;

/// <summary>Milliseconds from request to outcome.</summary>
internal sealed record LatencyFigures(double P50, double P90, double P95, double P99, double P999, double Max)
{
    internal static LatencyFigures From(StormRound round) => From(round.Times());

    internal static LatencyFigures From(IEnumerable<TimeSpan> times) => From(Record(times));

    internal static LatencyFigures From(LongHistogram histogram)
    {
        double At(double percentile) =>
            histogram.TotalCount == 0 ? 0 : Math.Round(histogram.GetValueAtPercentile(percentile) / 1000.0, 1);
        return new LatencyFigures(At(50), At(90), At(95), At(99), At(99.9), At(100));
    }

    /// <summary>Microseconds, three digits exact, of at most an hour.</summary>
    internal static LongHistogram Record(IEnumerable<TimeSpan> times)
    {
        const long microsecondsMax = 3_600_000_000;
        var histogram = new LongHistogram(microsecondsMax, 3);
        foreach (TimeSpan time in times) histogram.RecordValue(Math.Clamp((long)time.TotalMicroseconds, 1, microsecondsMax));
        return histogram;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"p50 {P50:0.0} ms, p90 {P90:0.0}, p95 {P95:0.0}, p99 {P99:0.0}, p99.9 {P999:0.0}, max {Max:0.0}");
}

/// <summary>What the auditor found after a storm.</summary>
internal sealed record AuditFigures(long RowsChecked, long Violations, [property: JsonIgnore] string Text, IReadOnlyList<AuditedInvariant> Invariants);

/// <summary>One invariant's rows and violations.</summary>
internal sealed record AuditedInvariant(string Id, string Statement, long RowsChecked, long Violations);

/// <summary>Everything a storm found, as it is shown and as <c>--json</c> writes it.</summary>
internal sealed record StormReport
{
    public required string CommandLine { get; init; }
    public required Guid ActivityId { get; init; }
    public required int Users { get; init; }
    public required int Capacity { get; init; }
    public required int Connections { get; init; }
    public required Dictionary<string, int> Outcomes { get; init; }
    public required double ElapsedSeconds { get; init; }
    public required double ThroughputPerSecond { get; init; }
    public required LatencyFigures LatencyMs { get; init; }
    public required int AskedAgain { get; init; }
    public string? KilledWorker { get; init; }

    /// <summary>Parties that cancelled after the rush; null when none were to.</summary>
    public int? Cancels { get; init; }

    /// <summary>From the decision that freed the seats to the decision that filled them.</summary>
    public LatencyFigures? PromotionMs { get; init; }

    /// <summary>From the decision that freed the seats to the push that told who got them.</summary>
    public LatencyFigures? PushMs { get; init; }

    public required Dictionary<string, double> CpuSeconds { get; init; }
    public required IReadOnlyList<StormCheck> Checks { get; init; }
    public required string Machine { get; init; }
    public required string Versions { get; init; }

    public required AuditFigures Audit { get; init; }

    internal bool Ok => Checks.All(check => check.Ok) && Audit.Violations == 0;

    internal static StormReport From(
        StormRound round, StormOptions options, StormRunner runner, IReadOnlyList<StormCheck> checks, AuditReport audit, string commandLine, string versions)
    {
        long last = round.DoneAt.Max();
        double elapsed = last == 0 ? 0 : Stopwatch.GetElapsedTime(round.StartedAt, last).TotalSeconds;
        return new StormReport
        {
            CommandLine = commandLine,
            ActivityId = round.ActivityId,
            Users = options.UserCount,
            Capacity = options.Capacity,
            Connections = options.ConnectionCount,
            Outcomes = round.Answers
                .GroupBy(answer => answer.Code ?? answer.Kind.ToString().ToLowerInvariant())
                .OrderByDescending(group => group.Count())
                .ToDictionary(group => group.Key, group => group.Count()),
            ElapsedSeconds = Math.Round(elapsed, 3),
            ThroughputPerSecond = elapsed > 0 ? Math.Round(round.DoneCount / elapsed) : 0,
            LatencyMs = LatencyFigures.From(round),
            AskedAgain = runner.AskedAgainCount,
            KilledWorker = runner.KilledWorker,
            CpuSeconds = runner.CpuSeconds.ToDictionary(entry => entry.Key, entry => Math.Round(entry.Value, 2)),
            Checks = checks,
            Audit = new AuditFigures(
                audit.RowsChecked,
                audit.ViolationCount,
                audit.ToString(),
                [.. audit.Invariants.Select(invariant => new AuditedInvariant(invariant.Id, invariant.Statement, invariant.RowsChecked, invariant.ViolationCount))]),
            Machine = DescribeMachine(),
            Versions = versions,
        };
    }

    /// <summary>Plain aligned lines, so that a log shows the same as a terminal.</summary>
    internal void Print()
    {
        Console.WriteLine();
        Line("outcomes", string.Join(", ", Outcomes.Select(entry => $"{entry.Value} {entry.Key}")));
        Line("throughput", Invariant($"{ThroughputPerSecond:0}/s over {ElapsedSeconds:0.00} s"));
        Line("request to outcome", LatencyMs.ToString());
        if (PromotionMs is not null) Line("cancel to promotion", $"{PromotionMs} ({Cancels} cancels)");
        if (PushMs is not null) Line("cancel to push", PushMs.ToString());
        Line("asked again", Invariant($"{AskedAgain}"));
        if (KilledWorker is not null) Line("killed", $"{KilledWorker} (./rsvp up -d starts it again)");
        if (CpuSeconds.Count > 0)
        {
            Line("CPU seconds", string.Join(", ", CpuSeconds.OrderByDescending(entry => entry.Value).Select(entry => Invariant($"{entry.Key} {entry.Value:0.00}"))));
        }

        Line("machine", Machine);
        Line("versions", Versions);
        Line("command", CommandLine);
        Line("activity", ActivityId.ToString());
        Console.WriteLine();

        int width = Checks.Max(check => check.Name.Length);
        foreach (StormCheck check in Checks)
        {
            string name = check.Name.PadRight(width);
            if (check.Ok) AnsiConsole.MarkupLineInterpolated($"  [green]ok   [/] {name}  {check.Found}");
            else AnsiConsole.MarkupLineInterpolated($"  [red]WRONG[/] {name}  {check.Found}, not {check.Expected}");
        }

        Console.WriteLine();
        Console.WriteLine(Audit.Text);
    }

    internal void WriteJson(string path) => JsonFile.Write(Path.GetFullPath(path), this);

    internal static async Task<string> DescribeVersionsAsync(RunFile run, CancellationToken cancellationToken)
    {
        await using var dataSource = Npgsql.NpgsqlDataSource.Create(run.AuditorKeywords());
        await using Npgsql.NpgsqlCommand command = dataSource.CreateCommand("SHOW server_version");
        string postgres = ((string)(await command.ExecuteScalarAsync(cancellationToken))!).Split(' ')[0];
        string rabbit = await Servers.RabbitServer.ReadVersionAsync(new Uri(run.RabbitmqManagement), cancellationToken);
        string own = typeof(StormReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "?";
        int hash = own.IndexOf('+', StringComparison.Ordinal);
        if (hash >= 0 && own.Length > hash + 13) own = own[..(hash + 13)];
        return $"rsvp {own}, .NET {Environment.Version}, PostgreSQL {postgres}, RabbitMQ {rabbit}";
    }

    internal static string DescribeMachine()
    {
        string model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? ""
            : "";
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024 * 1024 * 1024);
        return $"{Environment.ProcessorCount} CPUs {model}, {memory} GiB, {RuntimeInformation.OSDescription}".Replace("  ", " ", StringComparison.Ordinal);
    }

    private static void Line(string name, string value) => Console.WriteLine($"  {name,-19} {value}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
