using Rsvp.Cli.Watch;
using Rsvp.Contracts;

namespace Rsvp.Cli.Tests.Watch;

public sealed class WatchStateTests
{
    private static readonly DateTimeOffset Start = new(2030, 6, 1, 18, 0, 0, TimeSpan.Zero);
    private static readonly Guid Activity = new("0190a1b2-0000-7000-8000-000000000001");
    private readonly WatchState _state = new(Activity, "Chess night");

    [Fact]
    public void Rates_are_differences_between_updates_over_the_time_that_was_watched()
    {
        Counts(0, confirmed: 0, waiting: 0, version: 1);
        Counts(1, confirmed: 10, waiting: 0, version: 5);
        Counts(2, confirmed: 8, waiting: 6, version: 11);

        Assert.Equal(new Rates(Confirmed: 5, GivenBack: 1, Joined: 3, Left: 0, Versions: 5, Updates: 1.5), _state.RatesAt(At(2)));
    }

    [Fact]
    public void Rates_forget_what_is_older_than_their_window()
    {
        Counts(0, confirmed: 0, waiting: 20, version: 1);
        Counts(1, confirmed: 10, waiting: 10, version: 2);

        Assert.Equal(new Rates(Confirmed: 2, GivenBack: 0, Joined: 0, Left: 2, Versions: 0.2, Updates: 0.2), _state.RatesAt(At(5.5)));
        Assert.Equal(default, _state.RatesAt(At(7)));
    }

    [Fact]
    public void A_first_update_is_no_burst()
    {
        Counts(0, confirmed: 90, waiting: 40, version: 700);

        Assert.Equal(new Rates { Updates = 1 }, _state.RatesAt(At(0)));
        Assert.Null(_state.ChangedAt);
    }

    [Fact]
    public void What_changed_while_there_was_no_connection_is_shown_and_is_no_rate()
    {
        Counts(0, confirmed: 0, waiting: 0, version: 1);
        _state.Apply(new WatchEvent.Lost(At(1), "gone"));
        _state.Apply(new WatchEvent.Connected(At(3)));
        Counts(3, confirmed: 50, waiting: 7, version: 60);

        Assert.Equal(50, _state.Counts!.Confirmed);
        Assert.Equal(new Rates { Updates = 2 / 3.0 }, _state.RatesAt(At(3)));
    }

    [Fact]
    public void A_state_that_is_told_again_is_nothing_new()
    {
        Assert.True(Counts(0, confirmed: 1, waiting: 0, version: 1));
        Assert.False(Counts(1, confirmed: 1, waiting: 0, version: 1));
        Assert.True(Counts(2, confirmed: 1, waiting: 0, version: 2));
    }

    [Fact]
    public void A_line_that_keeps_its_length_is_new_with_its_version()
    {
        Assert.True(_state.Apply(new WatchEvent.Line(At(0), new LineUpdate(Activity, 3, 1))));
        Assert.False(_state.Apply(new WatchEvent.Line(At(0), new LineUpdate(Activity, 3, 1))));
        Assert.True(_state.Apply(new WatchEvent.Line(At(0), new LineUpdate(Activity, 3, 2))));
    }

    [Fact]
    public void Attempts_that_fail_one_after_another_are_one_loss()
    {
        _state.Apply(new WatchEvent.Connected(At(0)));

        Assert.True(_state.Apply(new WatchEvent.Lost(At(1), "closed")));
        Assert.False(_state.Apply(new WatchEvent.Lost(At(2), "refused")));

        Assert.Equal((1, At(1), "refused"), (_state.LossCount, _state.ConnectionSince, _state.LostReason));
    }

    [Fact]
    public void A_title_cannot_steer_the_terminal() =>
        Assert.Equal("a·[31mb·c", new WatchState(Activity, "a\u001b[31mb\nc").Title);

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private bool Counts(double seconds, int confirmed, int waiting, long version) => _state.Apply(new WatchEvent.Counts(At(seconds), new CapacityDocument
    {
        ActivityId = Activity,
        Capacity = 100,
        Confirmed = confirmed,
        Offered = 0,
        Available = 100 - confirmed,
        Waitlisted = waiting,
        CheckedIn = 0,
        Version = version,
    }));
}
