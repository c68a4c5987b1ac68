using Rsvp.Contracts;
using Rsvp.Hosting.FailPoints;
using Rsvp.Hosting.Messaging;
using Rsvp.Hosting.Problems;
using Rsvp.Testing;
using Rsvp.Worker.Audit;
using Rsvp.Worker.DeadLetters;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.DeadLetters;

/// <summary>What an operator does with dead letters, also when the tool dies in the middle of it.</summary>
public sealed class DeskTests(DeadWorld world) : IClassFixture<DeadWorld>
{
    private static readonly Responsibility Olga = new("Olga", "the defect is mended");

    [Fact]
    public async Task A_replayed_command_is_judged_by_todays_state_and_takes_effect_once()
    {
        var activity = await world.Past.OpenAsync(capacity: 1);
        var late = World.Submit(activity, Guid.NewGuid());
        var id = await world.BuryAsync(late);
        await world.Past.ApplyAsync(World.Submit(activity, Guid.NewGuid()));

        var handled = Assert.Single(await world.Desk.ReplayAsync(id, Olga, default));
        Assert.Null(handled.Refusal);
        Assert.Equal("completed", await world.OutcomeAsync(late));
        await world.SendAsync(Topology.PartitionQueue(1, 0), DeadWorld.Batch(late, World.Submit(activity, Guid.NewGuid())));

        Assert.Equal("waitlisted", await StatusAsync(activity, late));
        await Eventually.HoldsAsync(
            async () => await world.Database.ScalarAsync<long>("SELECT count(*) FROM rsvps WHERE activity_id = $1", activity) == 3, "the copy is applied");
        Assert.Equal(1L, await world.Database.ScalarAsync<long>("SELECT count(*) FROM rsvp_analytics WHERE request_id = $1", late.RequestId));
        Assert.Null(await world.LookForAsync(id));
        Assert.Equal((1L, "Olga", "the defect is mended", "replay", true), await RecordAsync(id));
    }

    [Fact]
    public async Task Dropped_commands_fail_unless_they_have_an_outcome()
    {
        var activity = await world.Past.OpenAsync(capacity: 5);
        var (applied, lost) = (World.Submit(activity, Guid.NewGuid()), World.Submit(activity, Guid.NewGuid()));
        await world.Past.ApplyAsync(applied);
        var id = await world.BuryAsync(applied, lost, lost, World.PassOver(activity));

        var handled = Assert.Single(await world.Desk.DropAsync(id, Olga, default));

        Assert.Null(handled.Refusal);
        Assert.Equal(["completed", ProblemCodes.Failed], [await world.OutcomeAsync(applied), await world.OutcomeAsync(lost)]);
        Assert.Equal(1L, await world.Database.ScalarAsync<long>("SELECT count(*) FROM rsvps WHERE activity_id = $1", activity));
        Assert.Null(await world.LookForAsync(id));
        Assert.Equal((1L, "Olga", "the defect is mended", "drop", true), await RecordAsync(id));
        Assert.Equal(
            [applied.RequestId, lost.RequestId, lost.RequestId],
            (await world.Database.ScalarAsync<Guid[]>("SELECT request_ids FROM dead_letter_actions WHERE letter_id = $1", id))!);
        var report = await new Auditor(world.Database.DataSource).RunAsync(new AuditOptions { Journal = [applied.RequestId, lost.RequestId] });
        Assert.True(report.IsClean, report.ToString());
    }

    [Theory]
    [InlineData("dead_letter_begun", false)]
    [InlineData("dead_letter_sent", false)]
    [InlineData("dead_letter_removed", true)]
    public async Task A_tool_that_dies_while_it_replays_loses_nothing(string failPoint, bool isDone)
    {
        var activity = await world.Past.OpenAsync(capacity: 5);
        var command = World.Submit(activity, Guid.NewGuid());
        var id = await world.BuryAsync(command);

        FailPoint.Arm(failPoint + ":throw");
        await Assert.ThrowsAsync<FailPointException>(() => world.Desk.ReplayAsync(id, Olga, default));
        FailPoint.Arm(null);
        var again = await world.Desk.ReplayAsync(id, Olga, default);

        Assert.Equal(isDone ? 0 : 1, again.Count);
        Assert.Equal("completed", await world.OutcomeAsync(command));
        Assert.Equal(1L, await world.Database.ScalarAsync<long>("SELECT count(*) FROM rsvp_analytics WHERE request_id = $1", command.RequestId));
        Assert.Null(await world.LookForAsync(id));
        Assert.Equal(isDone ? 1L : 2L, (await RecordAsync(id)).Count);
    }

    [Theory]
    [InlineData("dead_letter_begun", false)]
    [InlineData("dead_letter_failing", false)]
    [InlineData("dead_letter_failed", false)]
    [InlineData("dead_letter_removed", true)]
    public async Task A_tool_that_dies_while_it_drops_loses_nothing(string failPoint, bool isDone)
    {
        var activity = await world.Past.OpenAsync(capacity: 5);
        var command = World.Submit(activity, Guid.NewGuid());
        var id = await world.BuryAsync(command);

        FailPoint.Arm(failPoint + ":throw");
        await Assert.ThrowsAsync<FailPointException>(() => world.Desk.DropAsync(id, Olga, default));
        FailPoint.Arm(null);
        var letter = await world.LookForAsync(id);
        var again = await world.Desk.DropAsync(id, Olga, default);

        Assert.Equal(isDone, letter is null);
        Assert.Equal(isDone ? 0 : 1, again.Count);
        Assert.Equal(ProblemCodes.Failed, await world.OutcomeAsync(command));
        Assert.Null(await world.LookForAsync(id));
    }

    [Fact]
    public async Task A_letter_whose_outcomes_cannot_be_written_stays()
    {
        var command = World.Submit(Guid.NewGuid(), Guid.NewGuid());
        var id = await world.BuryAsync(command);
        await world.Database.ExecuteAsync("ALTER TABLE rsvp_requests ADD CONSTRAINT away CHECK (code <> 'failed') NOT VALID");

        var handled = Assert.Single(await new DeadLetterDesk(BrokerAddress.Parse(world.Broker.Url), world.Database.DataSource) { OutcomesTimeout = TimeSpan.FromMilliseconds(200) }
            .DropAsync(id, Olga, default));
        await world.Database.ExecuteAsync("ALTER TABLE rsvp_requests DROP CONSTRAINT away");

        Assert.Contains($"has not written the outcomes of {command.RequestId}", handled.Refusal!, StringComparison.Ordinal);
        Assert.NotNull(await world.LookForAsync(id));
        Assert.Equal((1L, "Olga", "the defect is mended", "drop", false), await RecordAsync(id));
        Assert.Null(Assert.Single(await world.Desk.DropAsync(id, Olga, default)).Refusal);
    }

    [Fact]
    public async Task All_letters_are_sent_back_once_also_when_one_dies_again_at_once()
    {
        var activity = await world.Past.OpenAsync(capacity: 5);
        var (one, other) = (World.Submit(activity, Guid.NewGuid()), World.Submit(activity, Guid.NewGuid()));
        await world.BuryAsync(one);
        await world.BuryAsync(other);
        var poison = await world.SendAsync(Topology.PartitionQueue(1, 0), "no JSON"u8.ToArray());
        await world.FindAsync(poison);

        var handled = await world.Desk.ReplayAsync(id: null, Olga, default);

        Assert.All(handled, letter => Assert.Null(letter.Refusal));
        Assert.Equal(["completed", "completed"], [await world.OutcomeAsync(one), await world.OutcomeAsync(other)]);
        await world.FindAsync(poison);
        await world.Desk.DropAsync(poison, Olga, default);
        Assert.Null(await world.LookForAsync(poison));
    }

    [Fact]
    public async Task What_left_a_queue_of_an_earlier_number_of_partitions_is_decided_where_its_activities_are_now()
    {
        var activities = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Past.OpenAsync(capacity: 5)));
        Command[] commands = [.. activities.Select(activity => World.Submit(activity, Guid.NewGuid()))];
        await world.Database.ExecuteAsync("INSERT INTO partition_topologies (version, partition_count, since) VALUES (999, 64, now() - interval '1 day')");
        var id = await world.BuryOfAsync(Topology.PartitionQueue(999, 7), commands);

        var handled = Assert.Single(await world.Desk.ReplayAsync(id, Olga, default));

        Assert.Null(handled.Refusal);
        foreach (var command in commands)
        {
            Assert.Equal("completed", await world.OutcomeAsync(command));
        }

        Assert.Null(await world.LookForAsync(id));
    }

    [Fact]
    public async Task Whoever_looks_after_somebody_who_looked_sees_the_same()
    {
        var letters = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => world.SendAsync(Topology.DeadLetterQueue, "no JSON"u8.ToArray())));

        for (var look = 0; look < 200; look++)
        {
            var seen = new HashSet<string>();
            await world.Desk.LookAsync(letter => seen.Add(letter.Id), default);
            Assert.Superset(letters.ToHashSet(), seen);
        }

        foreach (var letter in letters)
        {
            Assert.Null(Assert.Single(await world.Desk.DropAsync(letter, Olga, default)).Refusal);
        }
    }

    [Fact]
    public async Task What_came_from_nowhere_or_from_a_queue_that_is_gone_stays()
    {
        var body = DeadWorld.Batch(World.PassOver(Guid.NewGuid()));
        var id = await world.SendAsync(Topology.DeadLetterQueue, body);

        var handled = Assert.Single(await world.Desk.ReplayAsync(id, Olga, default));

        Assert.Equal("nothing says where it came from", handled.Refusal);
        await world.FindAsync(id);
        await world.Desk.DropAsync(id, Olga, default);
    }

    private Task<string?> StatusAsync(Guid activity, Command command) => world.Database.ScalarAsync<string>(
        "SELECT status FROM rsvps WHERE activity_id = $1 AND user_id = $2", activity, command.Caller.UserId);

    /// <summary>How many actions there were with a letter, and the last of them.</summary>
    private async Task<(long Count, string By, string Reason, string Action, bool IsFinished)> RecordAsync(string id)
    {
        var past = await new DeadLetterActions(world.Database.DataSource).ReadAsync(id, default);
        return (past.Count, past[^1].Responsibility.By, past[^1].Responsibility.Reason, past[^1].Action, past[^1].IsFinished);
    }
}
