using Rsvp.Worker.Decisions;
using Rsvp.Worker.Waitlist;

namespace Rsvp.Worker.Tests.Waitlist;

public sealed class MovePlanTests
{
    private const long Step = ActivityState.LineStep;

    [Fact]
    public void Between_two_there_is_room_in_the_middle()
    {
        var plan = MovePlan.For(new MoveTarget(2, [Step], 2 * Step), count: 1, nextLineKey: 9 * Step);

        Assert.Equal([Step + (Step / 2)], plan.Keys);
        Assert.Equal((2, false), (plan.FirstPosition, plan.IsAtEnd));
        Assert.Empty(plan.Respaced);
    }

    [Fact]
    public void Ahead_of_the_first_there_is_always_room()
    {
        var plan = MovePlan.For(new MoveTarget(1, [], 5), count: 3, nextLineKey: 9 * Step);

        Assert.Equal([5 - (3 * Step), 5 - (2 * Step), 5 - Step], plan.Keys);
    }

    [Fact]
    public void At_the_end_they_stand_where_newcomers_would()
    {
        var plan = MovePlan.For(new MoveTarget(4, [1, 2, 3], Behind: null), count: 2, nextLineKey: 9 * Step);

        Assert.Equal([9 * Step, 10 * Step], plan.Keys);
        Assert.True(plan.IsAtEnd);
    }

    [Fact]
    public void Where_neighbours_stand_too_close_those_ahead_make_room_and_nobody_changes_rank()
    {
        var target = new MoveTarget(4, [0, 1000, 1001], 1002);

        var plan = MovePlan.For(target, count: 2, nextLineKey: 9 * Step);

        Assert.Equal([1000, 1001], plan.Respaced.Select(pair => pair.Old));
        Ascending([0, .. plan.Respaced.Select(pair => pair.New), .. plan.Keys, 1002]);
    }

    [Fact]
    public void When_all_ahead_stand_too_close_they_go_further_ahead()
    {
        var plan = MovePlan.For(new MoveTarget(4, [5, 6, 7], 8), count: 2, nextLineKey: 9 * Step);

        Ascending([.. plan.Respaced.Select(pair => pair.New), .. plan.Keys, 8]);
        Assert.Equal(3, plan.Respaced.Count);
    }

    [Fact]
    public void However_often_one_moves_in_between_the_order_stays()
    {
        List<long> line = [Step, 2 * Step];
        for (var move = 0; move < 500; move++)
        {
            var plan = MovePlan.For(new MoveTarget(2, line[..1], line[1]), count: 1, nextLineKey: 9 * Step);
            foreach (var (old, key) in plan.Respaced)
            {
                line[line.IndexOf(old)] = key;
            }

            line.Insert(1, plan.Keys[0]);
            Ascending([.. line]);
        }
    }

    private static void Ascending(long[] keys) => Assert.All(keys.Zip(keys.Skip(1)), pair => Assert.True(pair.First < pair.Second, $"{pair.First} stands before {pair.Second}"));
}
