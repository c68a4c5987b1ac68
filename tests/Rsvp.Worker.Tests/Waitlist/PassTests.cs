using Rsvp.Worker.Decisions;
using Rsvp.Worker.Tests.Decisions;
using Rsvp.Worker.Waitlist;

namespace Rsvp.Worker.Tests.Waitlist;

public sealed class PassTests
{
    [Fact]
    public void A_party_of_five_that_leaves_lets_in_as_many_as_fit_and_not_one()
    {
        var letIn = Walk(capacity: 5, free: 5, skipLimit: 5, [1, 1, 1, 1, 1, 1]);

        Assert.Equal([0, 1, 2, 3, 4], letIn);
    }

    [Fact]
    public void Places_are_let_in_in_line_order_and_one_that_does_not_fit_is_overtaken()
    {
        var letIn = Walk(capacity: 10, free: 3, skipLimit: 5, [2, 4, 1, 1]);

        Assert.Equal([0, 2], letIn);
    }

    [Fact]
    public void In_a_strict_line_nobody_overtakes_the_big_party_at_its_head() =>
        Assert.Empty(Walk(capacity: 10, free: 3, skipLimit: 0, [4, 1, 1]));

    [Theory]
    [InlineData(2, 0, 2)]
    [InlineData(2, 1, 1)]
    [InlineData(2, 2, 0)]
    public void The_line_stops_at_a_place_that_was_overtaken_as_often_as_the_limit_says(int skipLimit, int overtakenBefore, int expected)
    {
        Assert.Equal(expected, Walk(capacity: 10, free: 3, skipLimit, [4, 1, 1, 1], overtakenBefore).Count);
    }

    [Fact]
    public void Without_a_limit_any_number_overtakes() =>
        Assert.Equal(3, Walk(capacity: 10, free: 3, skipLimit: null, [4, 1, 1, 1], headOvertaken: 2).Count);

    [Fact]
    public void A_place_larger_than_the_capacity_is_passed_over_and_never_stops_the_line() =>
        Assert.Equal([1, 2], Walk(capacity: 3, free: 2, skipLimit: 0, [4, 1, 1]));

    [Fact]
    public void A_host_who_lets_in_the_next_overtakes_nobody_and_still_stops_where_the_line_stops()
    {
        var activity = Given.Activity(Given.Settings(10) with { SkipLimit = 1 }) with { Confirmed = 7 };
        var places = Places([4, 1, 1, 1]);

        Assert.Equal(3, Pass.Walk(activity, new Line(places, IsComplete: true), countsOvertakes: false).LetIn.Count);
        Assert.Equal(2, Pass.Walk(activity, new Line(places, IsComplete: true), placesMax: 2, countsOvertakes: false).LetIn.Count);
        Assert.Empty(Pass.Walk(activity, new Line([places[0] with { Overtaken = 1 }, .. places[1..]], IsComplete: true), countsOvertakes: false).LetIn);
    }

    [Fact]
    public void A_pass_stops_at_its_bound_and_says_that_more_is_left()
    {
        var places = Places(Enumerable.Repeat(1, Pass.PlacesMax + 1).ToArray());

        var (letIn, moreLeft) = Pass.Walk(Given.Activity((int?)null), new Line(places, IsComplete: false));

        Assert.Equal(Pass.PlacesMax, letIn.Count);
        Assert.True(moreLeft);
    }

    [Fact]
    public void A_pass_confirms_and_counts_and_clears_the_vacancy()
    {
        var (activity, parties) = Given.After(Given.Activity(3), 3, 2, 2, 1);
        var cancelled = Given.Cancel(activity, parties[0]);
        var vacant = cancelled.Activity with { VacantSince = Given.Now };
        var line = new Line([.. parties.Skip(1).Select((party, ahead) => new WaitingPlace(party.Place!, [party], ahead))], IsComplete: true);

        var result = PassDecision.Decide(vacant, line, Given.Now);

        Assert.Equal(2, result.PlacesPromoted);
        Assert.Equal([parties[1].Id, parties[3].Id], result.Decision.Log.Select(entry => entry.After!.Id));
        Assert.Equal(3, result.Decision.Activity.Confirmed);
        Assert.Equal(1, result.Decision.Activity.WaitlistedPlaces);
        Assert.Null(result.Decision.Activity.VacantSince);
        Assert.Equal([3, 1], result.Decision.Log.Select(entry => entry.FreeBefore!.Value));
    }

    [Fact]
    public void After_the_cut_off_the_system_promotes_nobody()
    {
        var (activity, parties) = Given.After(Given.Activity(Given.Settings(1) with { PromotionCutoffMinutes = 60 }), 1, 1);
        var cancelled = Given.Cancel(activity, parties[0]).Activity;
        var line = new Line([new WaitingPlace(parties[1].Place!, [parties[1]], Ahead: 0)], IsComplete: true);
        var cutoff = activity.Settings.StartsAt.AddMinutes(-60);

        Assert.Equal(1, PassDecision.Decide(cancelled, line, cutoff.AddSeconds(-1)).PlacesPromoted);
        Assert.Equal(0, PassDecision.Decide(cancelled, line, cutoff).PlacesPromoted);
        Assert.True(Vacancy.Exists(cancelled, 1, cutoff.AddSeconds(-1)));
        Assert.False(Vacancy.Exists(cancelled, 1, cutoff));
    }

    private static List<int> Walk(int capacity, int free, int? skipLimit, int[] spots, int headOvertaken = 0)
    {
        var activity = Given.Activity(Given.Settings(capacity) with { SkipLimit = skipLimit }) with { Confirmed = capacity - free };
        var places = Places(spots);
        places[0] = places[0] with { Overtaken = headOvertaken };

        var (letIn, _) = Pass.Walk(activity, new Line(places, IsComplete: true));

        return [.. letIn.Select(place => places.IndexOf(place))];
    }

    private static List<WaitingPlace> Places(int[] spots) =>
        [.. spots.Select((size, index) => new WaitingPlace(new LinePlace(10 + index, 10 + index, size), [], index))];
}
