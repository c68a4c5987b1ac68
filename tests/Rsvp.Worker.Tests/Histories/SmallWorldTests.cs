using Xunit.Sdk;

namespace Rsvp.Worker.Tests.Histories;

/// <summary>Everything that can happen in a small world, in memory, against the naive model.</summary>
public sealed class SmallWorldTests(ITestOutputHelper output)
{
    [Fact]
    public void All_histories_of_up_to_six_commands_agree_with_the_model()
    {
        foreach (var beginning in SmallWorld.Beginnings)
        {
            var exploration = new Exploration(beginning, new NaiveActivity(beginning), merges: true);

            exploration.Explore(length: 6);

            Assert.NotEmpty(exploration.States);
            output.WriteLine($"{beginning}: {exploration.Histories:N0} histories of up to 6 commands, in {exploration.States.Count:N0} states and {exploration.Decisions:N0} decisions, each delivered twice");
        }
    }

    [Fact]
    public void States_are_merged_rightly_for_all_histories_of_up_to_three_commands()
    {
        foreach (var beginning in SmallWorld.Beginnings.Where(beginning => beginning.Capacity == 1))
        {
            var exploration = new Exploration(beginning, new NaiveActivity(beginning), merges: false);

            exploration.Explore(length: 3);

            Assert.Equal(exploration.Histories, exploration.Decisions);
            output.WriteLine($"{beginning}: {exploration.Histories:N0} histories of up to 3 commands one by one, {exploration.States.Count:N0} states");
        }
    }

    [Fact]
    public void Control_a_newcomer_who_takes_a_seat_before_the_line_is_found_with_the_shortest_history()
    {
        var beginning = SmallWorld.Beginnings[0];
        var exploration = new Exploration(beginning, new NaiveActivity(beginning) { KeepsNewcomersBehind = false }, merges: true);

        FindsTheOvertaking(exploration);
    }

    [Fact]
    public void Control_a_worker_that_lets_a_newcomer_take_a_seat_before_the_line_is_found_with_the_shortest_history()
    {
        var beginning = SmallWorld.Beginnings[0];
        var exploration = new Exploration(beginning, new NaiveActivity(beginning), merges: true) { KeepsNewcomersBehind = false };

        FindsTheOvertaking(exploration);
    }

    private static void FindsTheOvertaking(Exploration exploration)
    {
        var disagreement = Assert.Throws<XunitException>(() => exploration.Explore(length: 6));

        // The larger party waits, because it does not fit; the smaller would fit.
        Assert.Matches("^Beginning {[^}]*}, Submit {[^}]*User = 0, Size = 2,[^}]*}; Submit {[^}]*User = 1, Size = 1,[^}]*}: ", disagreement.Message);
    }
}
