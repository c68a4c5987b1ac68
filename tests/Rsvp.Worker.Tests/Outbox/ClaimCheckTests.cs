using System.Text.Json;
using Rsvp.Contracts;
using Rsvp.Hosting.Json;
using Rsvp.Testing;
using Rsvp.Worker.Outbox;
using Rsvp.Worker.Tests.Partitions;

namespace Rsvp.Worker.Tests.Outbox;

/// <summary>What the outbox keeps of a message is enough to make the message again.</summary>
public sealed class ClaimCheckTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly World _world = new(database);

    [Fact]
    public async Task What_a_batch_tells_is_read_again_as_it_was()
    {
        var (here, there) = (await _world.OpenAsync(capacity: 2), await _world.OpenAsync(capacity: 5));
        Guid[] users = [.. Enumerable.Range(0, 6).Select(_ => Guid.NewGuid())];

        await SameAsync(
            World.Submit(here, users[0]), World.Submit(there, users[0], partySize: 2), World.Submit(here, users[1], partySize: 3), World.Submit(here, users[2]),
            World.Submit(here, users[2]), World.Cancel(there, users[5]));
        await SameAsync(World.Submit(here, users[0]), World.Submit(here, users[4]));
        await SameAsync(World.Resize(here, users[1], partySize: 2), World.Cancel(here, users[0]), World.Submit(there, users[3]));
        await SameAsync(World.PassOver(here));
        await SameAsync(World.Envelope(here, _world.Host, CommandNames.AddHost) with { AddHost = new AddHost { UserId = users[3] } });
        await SameAsync(World.Patch(here, _world.Host, new UpdateActivity { Title = "Go night", Capacity = 9 }));
        await SameAsync(World.PassOver(here, number: 2));
        await SameAsync(World.Envelope(here, _world.Host, CommandNames.CancelActivity) with { CancelActivity = new CancelActivity { Reason = "Rain" } });
    }

    [Fact]
    public async Task What_does_not_tell_of_the_log_is_kept_itself()
    {
        var activity = await _world.OpenAsync(capacity: 1);
        var (leaves, waits) = (Guid.NewGuid(), Guid.NewGuid());
        await _world.ApplyAsync([World.Submit(activity, leaves), World.Submit(activity, waits)]);

        var vacancy = (await AppliedAsync(World.Cancel(activity, leaves))).Single(message => message.Message is VacancyOpened);

        Assert.Null(vacancy.Log);
        Assert.Equal(vacancy.ToJson(), OutboxMessage.FromRow(vacancy.Id, vacancy.Kind, vacancy.ToJson())?.ToJson());
    }

    [Fact]
    public async Task An_offer_is_told_with_the_time_that_it_had_then_whatever_became_of_it()
    {
        var activity = await _world.OpenAsync(capacity: 1, settings => settings with { PromotionMode = "offer" });
        var (leaves, waits) = (Guid.NewGuid(), Guid.NewGuid());
        await _world.ApplyAsync([World.Submit(activity, leaves), World.Submit(activity, waits)]);
        await _world.ApplyAsync(World.Cancel(activity, leaves));
        var offer = await AppliedAsync(World.PassOver(activity));
        var (changed, issued) = (offer.Single(message => message.Message is ActivityChanged), offer.Single(message => message.Message is NotificationsIssued));
        Assert.NotNull(((NotificationsIssued)issued.Message).Notifications.Single().OfferExpiresAt);

        await _world.ApplyAsync(World.Envelope(activity, waits, CommandNames.AcceptOffer) with { AcceptOffer = new AcceptOffer(), RsvpUserId = waits });

        Assert.Equal(Json(issued.Message), Json(await ReadAsync(issued)));
        var now = Assert.IsType<ActivityChanged>(await ReadAsync(changed));
        Assert.True(now.Version > ((ActivityChanged)changed.Message).Version, "It tells how things stand by now.");
        Assert.Equal((0, 1), (now.Capacity.Offered, now.Capacity.Confirmed));
        Assert.Equal(("confirmed", null), (now.Rsvps.Single().Status, now.Rsvps.Single().OfferExpiresAt));
    }

    [Fact]
    public async Task A_very_large_batch_is_kept_in_a_few_bytes_and_read_again_in_its_parts()
    {
        var activity = await _world.OpenAsync(capacity: 5);

        var messages = await SameAsync([.. Enumerable.Range(0, 700).Select(_ => World.Submit(activity, Guid.NewGuid()))]);

        Assert.Equal(3, messages.Count);
        Assert.All(messages, message => Assert.InRange(message.ToJson().Length, 1, 200));
    }

    [Fact]
    public async Task What_is_of_a_later_build_or_of_rows_that_are_gone_is_left()
    {
        var activity = await _world.OpenAsync(capacity: 5);
        var messages = await AppliedAsync(World.Submit(activity, Guid.NewGuid()));
        var issued = messages.Single(message => message.Message is NotificationsIssued);
        await using var connection = await database.DataSource.OpenConnectionAsync();

        Assert.Null(await ClaimReading.ReadAsync(connection, "Foretold" + ClaimCheck.KindSuffix, issued.ToJson(), default));
        Assert.Null(OutboxMessage.FromRow(issued.Id, issued.Kind, issued.ToJson()));
        await database.ExecuteAsync("DELETE FROM notifications WHERE activity_id = $1", activity);
        Assert.Null(await ReadAsync(issued));
    }

    private async Task<IReadOnlyList<OutboxMessage>> SameAsync(params Command[] commands)
    {
        var messages = await AppliedAsync(commands);
        OutboxMessage[] told = [.. messages.Where(message => message.Message is ActivityChanged or NotificationsIssued)];
        Assert.NotEmpty(told);
        foreach (var message in told)
        {
            Assert.NotNull(message.Log);
            Assert.Equal(Json(message.Message), Json(await ReadAsync(message)));
        }

        return messages;
    }

    private async Task<IReadOnlyList<OutboxMessage>> AppliedAsync(params Command[] commands)
    {
        var applied = await _world.Applier().ApplyAsync(commands, 0, default);
        Assert.All(applied.Outcomes, outcome => Assert.NotEqual("failed", outcome.Problem?.Code));
        Assert.NotEmpty(applied.Outbox);
        return applied.Outbox;
    }

    private async Task<object?> ReadAsync(OutboxMessage message)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var row = connection.CreateCommand();
        row.CommandText = "SELECT payload::text FROM outbox WHERE outbox_id = $1 AND kind = $2";
        row.Parameters.Add(new() { Value = message.Id });
        row.Parameters.Add(new() { Value = message.Kind });
        return await ClaimReading.ReadAsync(connection, message.Kind, (string)(await row.ExecuteScalarAsync())!, default);
    }

    // RSVPs of a change have no order.
    private static string? Json(object? message) => message switch
    {
        ActivityChanged changed => JsonSerializer.Serialize(changed with { Rsvps = [.. changed.Rsvps.OrderBy(rsvp => rsvp.RsvpId)] }, ContractJson.Default.ActivityChanged),
        NotificationsIssued issued => JsonSerializer.Serialize(issued, ContractJson.Default.NotificationsIssued),
        _ => null,
    };
}
