using CsCheck;
using Rsvp.Contracts;
using Rsvp.Notifier.Snapshots;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Tests.Watching;

public sealed class ActivityViewTests
{
    private static readonly Guid Activity = Guid.NewGuid();
    private static readonly Guid Rsvp = Guid.NewGuid();
    private static readonly Guid User = Guid.NewGuid();

    [Fact]
    public void However_events_and_reads_are_mixed_no_version_goes_back_and_the_newest_wins() =>
        Gen.Select(Gen.Int[1, 20], Gen.Bool).Array[1, 40].Sample(steps =>
        {
            var view = new ActivityView(Activity);
            var rsvp = view.Track(Rsvp, User);
            foreach (var (version, isRead) in steps)
            {
                var (before, rsvpBefore) = (view.Version, rsvp.RsvpVersion);
                if (isRead)
                {
                    view.Apply(State(version), isComplete: true);
                    view.Apply(rsvp, State(version).Rsvps[0]);
                }
                else
                {
                    view.Apply(Event(version));
                    view.Apply(rsvp, Event(version).Rsvps[0], Event(version).At);
                }

                Assert.True(view.Version >= before && rsvp.RsvpVersion >= rsvpBefore);
            }

            var newest = steps.Max(step => step.Item1);
            Assert.Equal((newest, newest, newest % 3), (view.Capacity!.Version, view.Capacity.Confirmed, view.WaitlistLength));
            Assert.Equal((StatusAt(newest), (long)newest), (rsvp.ToDocument(newest).Status, rsvp.RsvpVersion));
        });

    [Fact]
    public void Who_is_told_to_wait_is_complete_only_with_his_position()
    {
        var view = new ActivityView(Activity);
        var rsvp = view.Track(Rsvp, User);

        view.Apply(rsvp, Change(1, "waitlisted"), default);
        var beforeTheRead = rsvp.IsComplete;
        view.Apply(rsvp, new RsvpState { RsvpId = Rsvp, UserId = User, Status = "waitlisted", RsvpVersion = 1, Position = 4 });

        Assert.False(beforeTheRead);
        Assert.True(rsvp.IsComplete);
        Assert.Equal(4, rsvp.Position);
        Assert.Contains(rsvp, view.Waiting);
    }

    [Fact]
    public void A_position_is_news_only_when_it_changed()
    {
        var view = new ActivityView(Activity);
        var rsvp = view.Track(Rsvp, User);
        var state = new RsvpState { RsvpId = Rsvp, UserId = User, Status = "waitlisted", RsvpVersion = 1, Position = 4 };

        Assert.True(view.Apply(rsvp, state));
        Assert.False(view.Apply(rsvp, state));
        Assert.True(view.Apply(rsvp, state with { Position = 3 }));
    }

    [Theory]
    [InlineData(false, 1, 2, 3)]
    [InlineData(false, 3, 2, 1)]
    [InlineData(false, 1, 2, 2, 1, 3)]
    [InlineData(true, 1, 3)]
    [InlineData(true, 1, 3, 2)]
    public void A_skipped_version_is_a_gap(bool hasGap, params int[] versions)
    {
        var view = new ActivityView(Activity);

        foreach (var version in versions)
        {
            view.Apply(Event(version));
        }

        Assert.Equal(hasGap, view.HasGap);
    }

    [Fact]
    public void Counts_that_were_read_for_a_newcomer_are_not_taken_for_the_events_before_them()
    {
        var view = new ActivityView(Activity);
        view.Apply(State(1), isComplete: false);

        view.Apply(State(3), isComplete: false);
        var afterTheNewcomer = (view.Version, view.SeenVersion);
        view.Apply(State(3), isComplete: true);

        Assert.Equal((3L, 1L), afterTheNewcomer);
        Assert.Equal((3L, 3L), (view.Version, view.SeenVersion));
    }

    private static string StatusAt(int version) => version % 2 == 0 ? "confirmed" : "cancelled";

    private static RsvpChanged Change(int version, string status) => new() { RsvpId = Rsvp, UserId = User, Status = status, RsvpVersion = version };

    private static ActivityChanged Event(int version) => new()
    {
        ActivityId = Activity,
        Version = version,
        At = default,
        Capacity = State(version).Capacity,
        WaitlistLength = version % 3,
        Rsvps = [Change(version, StatusAt(version))],
    };

    private static ActivityState State(int version) => new()
    {
        Capacity = new CapacityDocument { ActivityId = Activity, Confirmed = version, Offered = 0, Waitlisted = 0, CheckedIn = 0, Version = version },
        WaitlistLength = version % 3,
        Rsvps = [new RsvpState { RsvpId = Rsvp, UserId = User, Status = StatusAt(version), RsvpVersion = version }],
    };
}
