using System.Globalization;
using Rsvp.Contracts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rsvp.Cli.Watch;

/// <summary>How a watched activity looks: a panel for a terminal, a line for everything else.</summary>
internal static class WatchView
{
    private const int WidthMax = 100;
    private const int WidthMin = 40;

    // Borders, padding and the column of names.
    private const int FrameWidth = 16;

    /// <summary>The present state as <c>name=value</c>, one line.</summary>
    internal static string Line(WatchState state, DateTimeOffset now)
    {
        string at = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        string connection = state.IsConnected ? "connected" : state.LostReason is null ? "connecting" : "reconnecting";
        return state.Counts is not { } counts
            ? $"{at} {connection}"
            : Invariant(
                $"{at} {connection} version={state.Version} confirmed={counts.Confirmed} offered={counts.Offered} available={Seats(counts.Available)} capacity={Seats(counts.Capacity)} line={state.LineLength ?? 0} waiting={counts.Waitlisted}");
    }

    /// <summary>The present state for a terminal.</summary>
    internal static IRenderable Panel(WatchState state, DateTimeOffset now, int terminalWidth)
    {
        int width = Math.Clamp(terminalWidth, WidthMin, WidthMax);
        Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn(new GridColumn().PadRight(0));
        if (state.Counts is { } counts)
        {
            grid.AddRow(Name(""), new Markup(Bar(counts, width - FrameWidth)));
            grid.AddRow(Name("seats"), new Markup(DescribeSeats(counts)));
            grid.AddRow(Name("line"), new Markup(DescribeLine(counts, state.LineLength ?? 0)));
            grid.AddRow(Name("per second"), new Markup(Describe(state.RatesAt(now))));
            grid.AddRow(Name("version"), new Markup(DescribeVersion(state, now)));
        }

        grid.AddRow(Name("push"), new Markup(DescribeConnection(state, now)));
        return new Panel(grid)
        {
            Header = new PanelHeader($"[bold]{Markup.Escape(Shorten(state.Title, width - 8))}[/]"),
            Border = BoxBorder.Rounded,
            Width = width,
        };
    }

    private static Markup Name(string name) => new($"[grey]{name}[/]");

    private static string Bar(CapacityDocument counts, int width)
    {
        if (counts.Capacity is not { } capacity) return "[grey]no limit[/]";

        SeatBar bar = SeatBar.Of(width, counts.Confirmed, counts.Offered, capacity);
        return $"[green]{new string('█', bar.Confirmed)}[/][yellow]{new string('▓', bar.Offered)}[/][grey]{new string('░', bar.Free)}[/]";
    }

    private static string DescribeSeats(CapacityDocument counts)
    {
        string free = counts.Available is { } available ? Invariant($"{available} free of {counts.Capacity}") : "no limit";
        string checkedIn = counts.CheckedIn > 0 ? Invariant($", {counts.CheckedIn} checked in") : "";
        return Invariant($"[green]{counts.Confirmed} confirmed[/], [yellow]{counts.Offered} offered[/], {free}{checkedIn}");
    }

    private static string DescribeLine(CapacityDocument counts, int length) => counts.Waitlisted == 0
        ? "nobody waits"
        : Invariant($"{length} {(length == 1 ? "place" : "places")}, {counts.Waitlisted} {(counts.Waitlisted == 1 ? "person" : "people")}");

    private static string Describe(Rates rates) => Invariant(
        $"confirmed +{rates.Confirmed:0.0} −{rates.GivenBack:0.0}, in line +{rates.Joined:0.0} −{rates.Left:0.0}");

    private static string DescribeVersion(WatchState state, DateTimeOffset now)
    {
        Rates rates = state.RatesAt(now);
        string age = state.ChangedAt is { } at ? $", changed {Age(now - at)} ago" : "";
        return Invariant($"{state.Version}{age}, {rates.Versions:0.0} versions/s in {rates.Updates:0.0} updates/s");
    }

    private static string DescribeConnection(WatchState state, DateTimeOffset now)
    {
        string since = state.ConnectionSince is { } at ? Age(now - at) : "";
        string losses = state.LossCount == 0 ? "" : Invariant($", {state.LossCount} lost before");
        if (state.IsConnected) return $"[green]●[/] connected for {since}{losses}";

        return state.LostReason is null
            ? "[yellow]○[/] connecting"
            : $"[red]○[/] reconnecting for {since}: {Markup.Escape(state.LostReason)}";
    }

    private static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 1 } => "less than 1 s",
        { TotalMinutes: < 1 } => Invariant($"{Math.Floor(age.TotalSeconds)} s"),
        { TotalHours: < 1 } => Invariant($"{age.Minutes} min {age.Seconds} s"),
        _ => Invariant($"{Math.Floor(age.TotalHours)} h {age.Minutes} min"),
    };

    private static string Shorten(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";

    private static string Seats(int? seats) => seats is { } known ? known.ToString(CultureInfo.InvariantCulture) : "unlimited";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
