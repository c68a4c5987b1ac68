using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Tests.Decisions;

namespace Rsvp.Worker.Tests.Rsvps;

public sealed class SubmitDecisionTests
{
    [Theory]
    [InlineData(4, 0, 4, "Confirmed")] // exactly the last places
    [InlineData(4, 0, 5, "Waitlisted")] // one too many, whole or not at all
    [InlineData(4, 3, 1, "Confirmed")]
    [InlineData(4, 4, 1, "Waitlisted")]
    [InlineData(0, 0, 1, "Waitlisted")] // capacity 0: everyone waits
    [InlineData(null, 9, 10, "Confirmed")] // unlimited
    public void A_party_is_confirmed_exactly_when_all_of_it_fits(int? capacity, int taken, int partySize, string expected)
    {
        var (activity, _) = Given.After(Given.Activity(capacity), Enumerable.Repeat(1, taken).ToArray());

        var decision = Given.Submit(activity, null, partySize);

        Assert.Equal(expected, decision.Rsvp!.Status.ToString());
        Assert.Equal(expected == "Confirmed" ? taken + partySize : taken, decision.Activity.Confirmed);
    }

    [Fact]
    public void A_small_party_does_not_overtake_a_larger_one_that_waits_although_a_seat_is_free()
    {
        var (activity, parties) = Given.After(Given.Activity(4), 3, 2);
        Assert.Equal(RsvpStatus.Waitlisted, parties[1].Status);

        var decision = Given.Submit(activity, null, 1);

        Assert.Equal(RsvpStatus.Waitlisted, decision.Rsvp!.Status);
        Assert.Equal(Rules.LineAhead, decision.Log[0].Rule);
        Assert.True(decision.Rsvp.Place!.LineKey > parties[1].Place!.LineKey);
    }

    [Fact]
    public void A_return_after_a_cancel_goes_to_the_back_of_the_line_under_the_same_id()
    {
        var (activity, parties) = Given.After(Given.Activity(1), 1, 1, 1);
        var cancelled = Given.Cancel(activity, parties[1]);

        var returned = Given.Submit(cancelled.Activity, cancelled.Rsvp, 1);

        Assert.Equal(parties[1].Id, returned.Rsvp!.Id);
        Assert.Equal(3, returned.Rsvp.Version);
        Assert.True(returned.Rsvp.Place!.LineKey > parties[2].Place!.LineKey);
        Assert.True(returned.Created);
    }

    [Fact]
    public void An_active_rsvp_is_not_made_twice_and_the_refusal_shows_it()
    {
        var (activity, parties) = Given.After(Given.Activity(5), 2);

        var decision = Given.Submit(activity, parties[0], 3);

        Assert.Equal(ProblemCodes.AlreadyRegistered, decision.Refusal!.Code);
        Assert.Equal(parties[0], decision.Refusal.ShowsRsvp);
        Assert.Equal(activity.Confirmed, decision.Activity.Confirmed);
    }

    [Fact]
    public void Whoever_would_rather_be_refused_than_wait_is_refused()
    {
        var (activity, _) = Given.After(Given.Activity(1), 1);

        Assert.Equal(ProblemCodes.ActivityFull, Given.Submit(activity, null, 1, rejectIfFull: true).Refusal!.Code);
    }

    [Fact]
    public void Without_a_waitlist_a_full_activity_refuses()
    {
        var (activity, _) = Given.After(Given.Activity(Given.Settings(1) with { WaitlistEnabled = false }), 1);

        Assert.Equal(ProblemCodes.ActivityFull, Given.Submit(activity, null, 1).Refusal!.Code);
    }

    [Theory]
    [InlineData(0, ProblemCodes.WaitlistFull)]
    [InlineData(1, null)]
    public void The_waitlist_has_a_limit_in_places(int limit, string? expected)
    {
        var (activity, _) = Given.After(Given.Activity(Given.Settings(1) with { WaitlistLimit = limit }), 1);

        Assert.Equal(expected, Given.Submit(activity, null, 5).Refusal?.Code);
    }

    [Fact]
    public void The_last_place_of_the_waitlist_is_given_once()
    {
        var (activity, _) = Given.After(Given.Activity(Given.Settings(1) with { WaitlistLimit = 1 }), 1, 3);

        Assert.Equal(ProblemCodes.WaitlistFull, Given.Submit(activity, null, 1).Refusal!.Code);
    }

    [Theory]
    [InlineData(-1, ProblemCodes.RegistrationNotOpen)]
    [InlineData(0, null)] // the opening instant is open
    [InlineData(3599, null)]
    [InlineData(3600, ProblemCodes.RegistrationClosed)] // the closing instant is closed
    public void The_window_includes_its_opening_and_excludes_its_closing_instant(int secondsAfterOpening, string? expected)
    {
        var opens = Given.Now;
        var settings = Given.Settings(10) with { RegistrationOpensAt = opens, RegistrationClosesAt = opens.AddHours(1) };

        var decision = Given.Submit(Given.Activity(settings), null, 1, at: opens.AddSeconds(secondsAfterOpening));

        Assert.Equal(expected, decision.Refusal?.Code);
    }

    [Fact]
    public void Registration_closes_at_the_start_by_default()
    {
        var activity = Given.Activity(10);

        Assert.Equal(ProblemCodes.RegistrationClosed, Given.Submit(activity, null, 1, at: activity.Settings.StartsAt).Refusal!.Code);
    }

    [Fact]
    public void A_called_off_activity_takes_nobody()
    {
        var activity = Given.Activity(10) with { CancelledAt = Given.Now };

        Assert.Equal(ProblemCodes.ActivityCancelled, Given.Submit(activity, null, 1).Refusal!.Code);
    }

    [Theory]
    [InlineData(10, null)]
    [InlineData(11, ProblemCodes.PartyTooLarge)]
    public void A_party_may_be_as_large_as_the_activity_allows(int partySize, string? expected) =>
        Assert.Equal(expected, Given.Submit(Given.Activity(100), null, partySize).Refusal?.Code);

    [Fact]
    public void A_refusal_is_a_row_of_the_log_and_changes_no_version()
    {
        var (activity, _) = Given.After(Given.Activity(1), 1);

        var decision = Given.Submit(activity, null, 1, rejectIfFull: true);

        Assert.Equal(activity.LogSeq + 1, decision.Activity.LogSeq);
        Assert.Equal(ProblemCodes.ActivityFull, Assert.Single(decision.Log).Code);
        Assert.False(decision.Changed);
    }
}
