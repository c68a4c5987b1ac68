using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;
using Rsvp.Worker.Rsvps;
using Rsvp.Worker.Tests.Decisions;

namespace Rsvp.Worker.Tests.Rsvps;

public sealed class UpdateAndCancelDecisionTests
{
    [Fact]
    public void A_confirmed_party_of_two_does_not_grow_to_four_with_one_seat_free_and_keeps_what_it_has()
    {
        var (activity, parties) = Given.After(Given.Activity(3), 2);

        var decision = Given.Resize(activity, parties[0], 4);

        Assert.Equal(ProblemCodes.NotEnoughCapacity, decision.Refusal!.Code);
        Assert.Equal(2, decision.Activity.Confirmed);
    }

    [Fact]
    public void A_confirmed_party_does_not_grow_while_anyone_waits()
    {
        var (activity, parties) = Given.After(Given.Activity(4), 2, 3);

        Assert.Equal(ProblemCodes.NotEnoughCapacity, Given.Resize(activity, parties[0], 3).Refusal!.Code);
    }

    [Fact]
    public void A_confirmed_party_grows_into_the_last_seat()
    {
        var (activity, parties) = Given.After(Given.Activity(3), 2);

        var decision = Given.Resize(activity, parties[0], 3);

        Assert.Null(decision.Refusal);
        Assert.Equal(0, decision.Activity.Free);
        Assert.Equal(2, decision.Rsvp!.Version);
    }

    [Fact]
    public void A_smaller_party_frees_its_seats_at_once()
    {
        var (activity, parties) = Given.After(Given.Activity(5), 5, 1);

        var decision = Given.Resize(activity, parties[0], 2);

        Assert.Equal(3, decision.Activity.Free);
        Assert.Equal(-3, decision.Log[0].SpotsAffected);
    }

    [Fact]
    public void A_waiting_party_keeps_its_place_when_it_shrinks_and_goes_to_the_back_when_it_grows()
    {
        var (activity, parties) = Given.After(Given.Activity(1), 1, 2, 2);

        var shrunk = Given.Resize(activity, parties[1], 1);
        var grown = Given.Resize(activity, parties[1], 3);

        Assert.Equal(parties[1].Place!.LineKey, shrunk.Rsvp!.Place!.LineKey);
        Assert.Equal(1, shrunk.Rsvp.Place.Spots);
        Assert.True(grown.Rsvp!.Place!.LineKey > parties[2].Place!.LineKey);
        Assert.Equal(2, grown.Activity.WaitlistedPlaces);
        Assert.Equal(5, grown.Activity.Waitlisted);
    }

    [Fact]
    public void Growth_is_bound_by_the_window_and_shrinking_is_not()
    {
        var (activity, parties) = Given.After(Given.Activity(9), 3);
        var afterClosing = activity.Settings.StartsAt;

        Assert.Equal(ProblemCodes.RegistrationClosed, Given.Resize(activity, parties[0], 4, at: afterClosing).Refusal!.Code);
        Assert.Null(Given.Resize(activity, parties[0], 2, at: afterClosing).Refusal);
    }

    [Fact]
    public void An_update_that_changes_nothing_raises_no_version()
    {
        var (activity, parties) = Given.After(Given.Activity(9), 3);

        var decision = Given.Resize(activity, parties[0], 3);

        Assert.Same(parties[0], decision.Rsvp);
        Assert.Empty(decision.Log);
        Assert.False(decision.Changed);
    }

    [Fact]
    public void Absent_requirements_are_kept_and_null_clears_them()
    {
        var (activity, parties) = Given.After(Given.Activity(9), 1);
        var set = UpdateDecision.Decide(activity, parties[0], mates: [], new UpdateRsvp { SetsSpecialRequirements = true, SpecialRequirements = "ramp" }, null, Given.Now);

        var kept = Given.Resize(set.Activity, set.Rsvp!, 2);
        var cleared = UpdateDecision.Decide(set.Activity, set.Rsvp, mates: [], new UpdateRsvp { SetsSpecialRequirements = true }, null, Given.Now);

        Assert.Equal("ramp", kept.Rsvp!.SpecialRequirements);
        Assert.Null(cleared.Rsvp!.SpecialRequirements);
    }

    [Fact]
    public void The_precondition_is_judged_before_every_rule_but_existence()
    {
        var (activity, parties) = Given.After(Given.Activity(1), 1);
        var calledOff = activity with { CancelledAt = Given.Now };
        var stale = new IfMatch { Version = 7 };

        Assert.Equal(ProblemCodes.VersionMismatch, Given.Resize(calledOff, parties[0], 5, stale).Refusal!.Code);
        Assert.Equal(ProblemCodes.RsvpNotFound, Given.Cancel(activity, null, stale).Refusal!.Code);
        Assert.Null(Given.Cancel(activity, parties[0], new IfMatch { Version = 1 }).Refusal);
    }

    [Fact]
    public void Any_active_version_does_not_match_a_cancelled_rsvp()
    {
        var (activity, parties) = Given.After(Given.Activity(1), 1);
        var cancelled = Given.Cancel(activity, parties[0]);

        Assert.Equal(ProblemCodes.VersionMismatch, Given.Cancel(cancelled.Activity, cancelled.Rsvp, new IfMatch()).Refusal!.Code);
        Assert.Equal(ProblemCodes.RsvpNotFound, Given.Resize(cancelled.Activity, cancelled.Rsvp!, 2).Refusal!.Code);
    }

    [Fact]
    public void Cancelling_twice_succeeds_and_frees_the_seats_once()
    {
        var (activity, parties) = Given.After(Given.Activity(5), 5);

        var first = Given.Cancel(activity, parties[0]);
        var second = Given.Cancel(first.Activity, first.Rsvp);

        Assert.Equal(5, first.Activity.Free);
        Assert.Null(second.Refusal);
        Assert.Equal(first.Activity, second.Activity);
        Assert.Equal(RsvpStatus.Cancelled, second.Rsvp!.Status);
    }

    [Fact]
    public void Leaving_the_line_takes_the_place_out_of_it()
    {
        var (activity, parties) = Given.After(Given.Activity(1), 1, 3, 1);

        var decision = Given.Cancel(activity, parties[1]);

        Assert.Equal(1, decision.Activity.WaitlistedPlaces);
        Assert.Equal(1, decision.Activity.Waitlisted);
        Assert.Equal(parties[1].Place!.LineKey, decision.Log[0].LineKey);
    }
}
