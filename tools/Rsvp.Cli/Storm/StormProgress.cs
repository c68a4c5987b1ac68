using System.Globalization;
using Spectre.Console;

namespace Rsvp.Cli.Storm;

/// <summary>Where a storm tells how far it is.</summary>
internal interface IStormProgress
{
    void Begin(string title, int count);

    void Report(StormRound round);

    void Say(string text);

    void End();
}

/// <summary>Plain lines, one a second.</summary>
internal sealed class PlainProgress(Action<string> write) : IStormProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private TimeSpan _next;
    private int _shown;

    public void Begin(string title, int count)
    {
        _next = Interval;
        _shown = -1;
        write($"{title}: {count} users");
    }

    public void Report(StormRound round)
    {
        if (round.DoneCount == _shown || (round.Elapsed < _next && round.DoneCount < round.Count)) return;

        _shown = round.DoneCount;
        _next = round.Elapsed + Interval;
        write(Describe(round));
    }

    public void Say(string text) => write(text);

    public void End()
    {
    }

    internal static string Describe(StormRound round) => string.Create(
        CultureInfo.InvariantCulture,
        $"{round.Elapsed.TotalSeconds,6:0.0} s {round.DoneCount,8} of {round.Count}  {DescribeOutcomes(round)}");

    private static string DescribeOutcomes(StormRound round) =>
        round.IsCancel ? $"cancelled {round.CancelledCount}" : $"confirmed {round.ConfirmedCount}  in line {round.WaitlistedCount}";
}

/// <summary>A bar in a terminal, redrawn a few times a second only: drawing costs the machine that is measured.</summary>
internal sealed class TerminalProgress : IStormProgress
{
    private const int BarWidthMax = 40;
    private readonly bool _colours = AnsiConsole.Profile.Capabilities.Ansi;

    public void Begin(string title, int count) => AnsiConsole.MarkupLineInterpolated($"[bold]{title}[/]: {count} users");

    public void Report(StormRound round)
    {
        // One line exactly: a line that wraps could not be drawn over.
        string text = PlainProgress.Describe(round);
        int width = Math.Clamp(AnsiConsole.Profile.Width - text.Length - 3, 0, BarWidthMax);
        int filled = round.Count == 0 ? 0 : width * round.DoneCount / round.Count;
        string bar = new string('━', filled) + new string('·', width - filled);
        Console.Write(_colours ? $"\r\e[32m{bar}\e[0m {text} \e[K" : $"\r{bar} {text} ");
    }

    public void Say(string text) => AnsiConsole.MarkupLineInterpolated($"\n[yellow]{text}[/]");

    public void End() => AnsiConsole.WriteLine();
}
