using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rsvp.Contracts;
using Rsvp.EndToEnd.Tests.DeadLetters;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Hosting.Messaging;
using Rsvp.Testing;
using Rsvp.Worker.DeadLetters;

namespace Rsvp.EndToEnd.Tests.Faults;

/// <summary>What a worker may find in its partition's queue: doubled, too old, broken, or from another build.</summary>
[Collection(SystemCollection.Name)]
public sealed class QueuedMessageTests(SystemFixture system)
{
    private DeadLetterDesk Desk => new(BrokerAddress.Parse(system.Run.Rabbitmq), system.Database);

    [Fact]
    public async Task A_decided_command_that_comes_again_in_another_batch_and_that_batch_delivered_twice_take_effect_once()
    {
        var activity = await system.OpenAsync(5);
        var person = system.NewPerson();
        var request = $"/api/requests/{(await person.SubmitAsync(activity)).RequestId}";
        var first = await person.GetAsync(request);

        // From here on the person could be let in again.
        await person.CancelAsync(activity);
        var copy = BrokerHand.Submit(activity) with { RequestId = first.Body.GetProperty("requestId").GetGuid(), Caller = new Caller { UserId = person.Id } };
        var (other, last) = (BrokerHand.Submit(activity), BrokerHand.Submit(activity));
        var batch = BrokerHand.Batch(system, copy, other);
        await BrokerHand.SendAsync(system, activity, batch);
        await BrokerHand.SendAsync(system, activity, batch);
        await BrokerHand.SendAsync(system, last);
        await DecidedAsync(["completed", "completed"], other, last);
        var again = await person.GetAsync(request);

        Assert.Equal(("completed", "submit_rsvp"), (first.Body.GetProperty("status").GetString(), first.Body.GetProperty("command").GetString()));
        Assert.Equal(first.Body.GetRawText(), again.Body.GetRawText());
        Assert.Equal("cancelled", await person.StatusAsync(activity));
        Assert.Equal(["created", "confirmed", "cancelled", "confirmed", "confirmed"], await LogAsync(activity));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_command_that_is_delivered_first_after_seven_days_expires_and_its_younger_neighbour_is_applied()
    {
        var activity = await system.OpenAsync(5);
        var week = TimeProvider.System.GetUtcNow().AddDays(-7);
        var old = BrokerHand.Submit(activity) with { SubmittedAt = week.AddMinutes(-1) };
        var young = BrokerHand.Submit(activity) with { SubmittedAt = week.AddMinutes(1) };

        await BrokerHand.SendAsync(system, old, young);

        await DecidedAsync(["expired", "completed"], old, young);
        await system.JoinAsync(activity); // The partition is not said to be a week behind any more.
        Assert.Equal(["created", "confirmed", "confirmed"], await LogAsync(activity));
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task What_cannot_be_read_or_applied_leaves_alone_for_the_dead_letters_and_its_neighbours_are_applied()
    {
        var activity = await system.OpenAsync(10);
        Command[] neighbours = [.. Enumerable.Range(0, 6).Select(_ => BrokerHand.Submit(activity))];
        var impossible = BrokerHand.Ask(activity, CommandNames.SubmitRsvp, command => command with { SubmitRsvp = new SubmitRsvp { GuestCount = -7 } });
        var nobodys = BrokerHand.Submit(activity);
        var defective = JsonNode.Parse(BrokerHand.Batch(system, neighbours[3], impossible, nobodys, neighbours[4]))!;
        defective["message"]!["commands"]![2]!["caller"] = null;
        var letters = new List<string>();
        try
        {
            await BrokerHand.SendAsync(system, neighbours[0]);
            letters.Add(await BrokerHand.SendAsync(system, activity, "{ \"messageType\": [\"urn:message:Rsvp.Contracts:CommandBatch\""u8.ToArray()));
            await BrokerHand.SendAsync(system, neighbours[1]);
            letters.Add(await BrokerHand.SendAsync(system, activity, """{ "messageType": ["urn:message:Rsvp.Contracts:Unheard"], "message": {} }"""u8.ToArray()));
            await BrokerHand.SendAsync(system, neighbours[2]);
            letters.Add(await BrokerHand.SendAsync(system, activity, Encoding.UTF8.GetBytes(defective.ToJsonString())));
            await BrokerHand.SendAsync(system, neighbours[5]);

            await DecidedAsync([.. neighbours.Select(_ => "completed")], neighbours);
            await DecidedAsync(["failed"], impossible);
            await using var list = system.StartTool("dead", "list");
            Assert.Equal(0, await list.EndsAsync());
            Assert.All(letters, id => Assert.Contains(id, list.Output, StringComparison.Ordinal));
        }
        finally
        {
            foreach (var id in letters)
            {
                Assert.Null(Assert.Single(await Desk.DropAsync(id, new Responsibility("Olga", "a test"), CancellationToken.None)).Refusal);
            }
        }

        Assert.Empty(await BrokerHand.OutcomesAsync(system, nobodys)); // Whose it is nobody knows, so nobody can be told.
        var log = await LogAsync(activity);
        Assert.Equal(["created", .. neighbours.Select(_ => "confirmed")], log);
        await system.AssertAuditIsCleanAsync();
    }

    [Fact]
    public async Task A_batch_of_a_newer_build_is_applied_as_far_as_this_one_knows_it()
    {
        var activity = await system.OpenAsync(5);
        Command[] commands = [.. Enumerable.Range(0, 2).Select(_ => BrokerHand.Ask(activity, CommandNames.SubmitRsvp, command => command with { SubmitRsvp = new SubmitRsvp { GuestCount = 1 } }))];
        var envelope = JsonNode.Parse(BrokerHand.Batch(system, commands))!;
        Extend(envelope);
        envelope["messageType"]!.AsArray().Insert(0, "urn:message:Rsvp.Contracts:OrderedBatch");
        Extend(envelope["message"]!);
        foreach (var command in envelope["message"]!["commands"]!.AsArray())
        {
            Extend(command!);
            Extend(command!["caller"]!);
            Extend(command!["submitRsvp"]!);
        }

        var id = await BrokerHand.SendAsync(system, activity, JsonSerializer.SerializeToUtf8Bytes(envelope));

        await DecidedAsync(["completed", "completed"], commands);
        Assert.Equal(4, await system.ReadAsync("SELECT confirmed_participants FROM activities WHERE activity_id = $1", activity));
        await Desk.LookAsync(letter => Assert.NotEqual(id, letter.Id), CancellationToken.None);
        await system.AssertAuditIsCleanAsync();
    }

    /// <summary>Adds members of every kind that nobody has heard of.</summary>
    private static void Extend(JsonNode node)
    {
        node["urgency"] = 7;
        node["seat"] = new JsonObject { ["row"] = "C", ["numbers"] = new JsonArray(1, 2) };
        node["reviewedBy"] = null;
    }

    private Task DecidedAsync(string[] outcomes, params Command[] commands) => Eventually.HoldsAsync(
        async () =>
        {
            var decided = await BrokerHand.OutcomesAsync(system, commands);
            Assert.True(decided.Length == 0 || decided.SequenceEqual(outcomes), $"The outcomes are {string.Join(", ", decided)}.");
            return decided.Length > 0;
        },
        "everything is decided");

    /// <summary>What happened to an activity.</summary>
    private async Task<string[]> LogAsync(Guid activity)
    {
        await using var command = system.Database.CreateCommand("SELECT array_agg(action ORDER BY seq) FROM rsvp_analytics WHERE activity_id = $1");
        command.Parameters.AddWithValue(activity);
        return (string[])(await command.ExecuteScalarAsync())!;
    }
}
