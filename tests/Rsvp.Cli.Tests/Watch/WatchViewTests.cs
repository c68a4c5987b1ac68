using Rsvp.Cli.Watch;
using Rsvp.Contracts;
using Spectre.Console;

namespace Rsvp.Cli.Tests.Watch;

public sealed class WatchViewTests
{
    private static readonly DateTimeOffset Now = new(2030, 6, 1, 18, 0, 0, TimeSpan.Zero);
    private readonly WatchState _state = new(Guid.NewGuid(), "Chess [night]");

    [Theory]
    [InlineData(0, 0, 0, 0, 0, 10)]
    [InlineData(0, 0, 100, 0, 0, 10)]
    [InlineData(100, 0, 100, 10, 0, 0)]
    [InlineData(1, 0, 1000, 1, 0, 9)]
    [InlineData(999, 0, 1000, 9, 0, 1)]
    [InlineData(1, 1, 1000, 1, 1, 8)]
    [InlineData(33, 33, 99, 4, 3, 3)]
    [InlineData(12, 0, 10, 10, 0, 0)]
    [InlineData(0, 5, 5, 0, 10, 0)]
    public void The_bar_shows_shares_and_is_full_only_when_nothing_is_free(int confirmed, int offered, int capacity, int cells, int offeredCells, int freeCells) =>
        Assert.Equal(new SeatBar(cells, offeredCells, freeCells), SeatBar.Of(10, confirmed, offered, capacity));

    [Fact]
    public void The_panel_shows_seats_line_rates_version_and_connection()
    {
        _state.Apply(new WatchEvent.Connected(Now.AddSeconds(-75)));
        Counts(Now.AddSeconds(-4), confirmed: 40, offered: 5, waiting: 0, version: 10);
        Counts(Now.AddSeconds(-2), confirmed: 60, offered: 5, waiting: 8, version: 30);
        _state.Apply(new WatchEvent.Line(Now.AddSeconds(-2), new LineUpdate(_state.ActivityId, 3, 30)));

        Assert.Equal(
            """
            ╭─Chess [night]────────────────────────────────────────────────────────╮
            │             ███████████████████████████████████▓▓░░░░░░░░░░░░░░░░░░░ │
            │ seats       60 confirmed, 5 offered, 35 free of 100                  │
            │ line        3 places, 8 people                                       │
            │ per second  confirmed +5.0 −0.0, in line +2.0 −0.0                   │
            │ version     30, changed 2 s ago, 5.0 versions/s in 0.8 updates/s     │
            │ push        ● connected for 1 min 15 s                               │
            ╰──────────────────────────────────────────────────────────────────────╯
            """,
            Draw(72));
    }

    [Fact]
    public void The_panel_says_why_there_is_no_connection()
    {
        _state.Apply(new WatchEvent.Lost(Now.AddSeconds(-3), "refused [1]"));

        Assert.Contains("○ reconnecting for 3 s: refused [1]", Draw(72), StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_names_every_number()
    {
        _state.Apply(new WatchEvent.Connected(Now));
        Counts(Now, confirmed: 60, offered: 5, waiting: 8, version: 30);
        _state.Apply(new WatchEvent.Line(Now, new LineUpdate(_state.ActivityId, 3, 30)));

        Assert.Equal(
            "2030-06-01T18:00:00.000Z connected version=30 confirmed=60 offered=5 available=35 capacity=100 line=3 waiting=8", WatchView.Line(_state, Now));
    }

    [Fact]
    public void An_activity_without_limit_has_no_bar()
    {
        Counts(Now, confirmed: 60, offered: 0, waiting: 0, version: 30, capacity: null);

        Assert.Contains("60 confirmed, 0 offered, no limit", Draw(72), StringComparison.Ordinal);
        Assert.Contains("available=unlimited capacity=unlimited", WatchView.Line(_state, Now), StringComparison.Ordinal);
    }

    private string Draw(int width)
    {
        using var text = new StringWriter { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(WatchView.Panel(_state, Now, width));
        return text.ToString().TrimEnd();
    }

    private void Counts(DateTimeOffset at, int confirmed, int offered, int waiting, long version, int? capacity = 100) => _state.Apply(new WatchEvent.Counts(at, new CapacityDocument
    {
        ActivityId = _state.ActivityId,
        Capacity = capacity,
        Confirmed = confirmed,
        Offered = offered,
        Available = capacity - confirmed - offered,
        Waitlisted = waiting,
        CheckedIn = 0,
        Version = version,
    }));
}
