using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Rsvp.Worker.Operators;
using Rsvp.Worker.Tests.DeadLetters;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.Operators;

/// <summary>What an operator does with the worker's executable alone, as in a container.</summary>
public sealed class OperatorCommandsTests(DeadWorld world) : IClassFixture<DeadWorld>
{
    [Theory]
    [InlineData(true, "migrate")]
    [InlineData(true, "dead", "list")]
    [InlineData(true, "deadlist")]
    [InlineData(true, "--help")]
    [InlineData(false)]
    [InlineData(false, "--urls", "http://127.0.0.1:8080")]
    public void Only_what_begins_with_a_command_is_one(bool isOne, params string[] arguments) => Assert.Equal(isOne, OperatorCommands.AreIn(arguments));

    [Fact]
    public async Task A_word_that_is_no_command_does_nothing()
    {
        var mistyped = await RunAsync("status");

        Assert.Equal(1, mistyped.Status);
        Assert.Contains("'status'", mistyped.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seat_that_is_being_given_away_is_no_violation_and_one_that_waits_longer_is()
    {
        var activity = await world.Past.OpenAsync(capacity: 1);
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        await world.Past.ApplyAsync([World.Submit(activity, first), World.Submit(activity, second), World.Cancel(activity, first)]);

        await VacantSinceAsync("now() + interval '1 minute'"); // Always anew, as where much is going on.
        var busy = await RunAsync("audit", "--settle", "1");
        await VacantSinceAsync("now() - interval '1 minute'");
        var stranded = await RunAsync("audit", "--settle", "1");
        await world.Past.ApplyAsync(World.Cancel(activity, second));
        await VacantSinceAsync("NULL");

        Assert.Contains("Seats were being given", busy.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(activity.ToString(), busy.Output, StringComparison.Ordinal);
        Assert.Contains(activity.ToString(), stranded.Output, StringComparison.Ordinal);

        Task VacantSinceAsync(string time) => world.Database.ExecuteAsync($"UPDATE activities SET vacant_since = {time} WHERE activity_id = '{activity}'");
    }

    [Fact]
    public async Task An_audit_fails_while_a_violation_is_there()
    {
        var activity = await world.Past.OpenAsync(capacity: 2);
        await world.Past.ApplyAsync(World.Submit(activity, Guid.NewGuid()));

        var clean = await RunAsync("audit", "--settle", "0");
        await world.Database.ExecuteAsync($"UPDATE activities SET confirmed_participants = 2 WHERE activity_id = '{activity}'");
        var broken = await RunAsync("audit", "--settle", "0");
        await world.Database.ExecuteAsync($"UPDATE activities SET confirmed_participants = 1 WHERE activity_id = '{activity}'");

        Assert.Equal(0, clean.Status);
        Assert.Contains("No violation", clean.Output, StringComparison.Ordinal);
        Assert.Equal(1, broken.Status);
        Assert.Contains(activity.ToString(), broken.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dead_letters_are_listed_shown_sent_back_and_dropped()
    {
        var activity = await world.Past.OpenAsync(capacity: 5);
        var (replayed, dropped) = (World.Submit(activity, Guid.NewGuid()), World.Submit(activity, Guid.NewGuid()));
        var (first, second) = (await world.BuryAsync(replayed), await world.BuryAsync(dropped));

        var list = await RunAsync("dead", "list");
        var show = await RunAsync("dead", "show", first);
        var noReason = await RunAsync("dead", "drop", second);
        var replay = await RunAsync("dead", "replay", first, "--reason", "mended");
        var drop = await RunAsync("dead", "drop", second, "--reason", "nobody needs it", "--by", "Olga");
        var empty = await RunAsync("dead", "list");
        var again = await RunAsync("dead", "replay", first, "--reason", "mended");

        Assert.All([first, second], id => Assert.Contains(id, list.Output, StringComparison.Ordinal));
        Assert.Contains(replayed.RequestId.ToString(), show.Output, StringComparison.Ordinal);
        Assert.Contains("--reason", noReason.Error, StringComparison.Ordinal);
        Assert.Contains("sent back to rsvp.partition.v1.000", replay.Output, StringComparison.Ordinal);
        Assert.Contains("there are no dead letters", empty.Output, StringComparison.Ordinal);
        Assert.Contains($"there is no dead letter {first}", again.Error, StringComparison.Ordinal);
        Assert.Equal([0, 0, 1, 0, 0, 0, 1], [list.Status, show.Status, noReason.Status, replay.Status, drop.Status, empty.Status, again.Status]);
        Assert.Equal(["completed", "failed"], [await world.OutcomeAsync(replayed), await world.OutcomeAsync(dropped)]);
    }

    [Fact]
    public async Task A_broker_that_is_away_is_said_in_a_line()
    {
        var list = await RunAsync("amqp://rsvp:rsvp@127.0.0.1:1/", ["dead", "list"]);

        Assert.Equal((1, ""), (list.Status, list.Output));
        Assert.StartsWith("rsvp: the broker cannot be asked: ", list.Error, StringComparison.Ordinal);
    }

    private Task<Run> RunAsync(params string[] arguments) => RunAsync(world.Broker.Url, arguments);

    private async Task<Run> RunAsync(string broker, string[] arguments)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:Postgres", world.Database.ConnectionString), new("ConnectionStrings:RabbitMq", broker)]);
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var status = await OperatorCommands.Create(builder).Parse(arguments).InvokeAsync(new() { Output = output, Error = error });
        return new Run(status, output.ToString(), error.ToString());
    }

    private sealed record Run(int Status, string Output, string Error);
}
