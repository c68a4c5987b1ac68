using Rsvp.Hosting.Problems;
using Rsvp.Testing;

namespace Rsvp.Worker.Tests.Partitions;

/// <summary>A command that meets another writer again and again is still decided: a conflict is nobody's defect.</summary>
public sealed class ConflictTests
{
    [Fact]
    public async Task More_conflicts_in_a_row_than_a_batch_takes_do_not_fail_its_commands()
    {
        await using var database = await TestDatabase.CreateAsync();
        var world = new World(database);
        var activity = await world.OpenAsync(capacity: 5);
        await ConflictAsync(database, times: 11);

        var outcomes = await world.ApplyAsync([World.Submit(activity, Guid.NewGuid()), World.Submit(activity, Guid.NewGuid())]);

        Assert.All(outcomes, outcome => Assert.Equal("confirmed", outcome.Rsvp?.Status));
    }

    [Fact]
    public async Task A_failure_is_stored_while_other_writers_are_active()
    {
        await using var database = await TestDatabase.CreateAsync();
        var world = new World(database);
        var activity = await world.OpenAsync(capacity: 5);
        var command = World.Submit(activity, Guid.NewGuid());
        await database.ExecuteAsync("INSERT INTO command_attempts (request_id, attempts, last_at) VALUES ($1, 3, now())", command.RequestId);
        await ConflictAsync(database, times: 1_000_000);

        var outcomes = await world.ApplyAsync([command], deliveryCount: 4);

        Assert.Equal(ProblemCodes.Failed, outcomes[0].Problem?.Code);
        Assert.Equal("failed", await database.ScalarAsync<string>("SELECT code FROM rsvp_requests WHERE request_id = $1", command.RequestId));
    }

    /// <summary>Makes the guard find another writer, as often as said.</summary>
    private static async Task ConflictAsync(TestDatabase database, int times) => await database.ExecuteAsync(
        $"""
        CREATE SEQUENCE conflicts;
        CREATE OR REPLACE FUNCTION raise_unless(condition boolean, message text) RETURNS void LANGUAGE plpgsql AS
        $$
        BEGIN
            IF nextval('conflicts') <= {times} THEN
                RAISE EXCEPTION USING ERRCODE = 'RV001', MESSAGE = message;
            END IF;
        END
        $$;
        """);
}
