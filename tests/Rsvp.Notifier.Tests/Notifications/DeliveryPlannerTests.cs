using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Rsvp.Contracts;
using Rsvp.Notifier.Notifications;
using Rsvp.Notifier.Tests.Worlds;
using Rsvp.Testing;

namespace Rsvp.Notifier.Tests.Notifications;

/// <summary>Messages that come while others are being planned.</summary>
public sealed class DeliveryPlannerTests
{
    [Fact]
    public async Task What_comes_meanwhile_is_planned_together()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null));
        var users = await SubscribeAsync(world, receiver, count: 12);

        var messages = users.Select(user => Mailbox.Issue(Guid.NewGuid(), "confirmed", user)).ToArray();
        await Task.WhenAll(await WhileNobodyWritesAsync(world, messages));

        // The first one alone, and the others in one transaction.
        Assert.Equal(2, await world.Database.ScalarAsync<long>("SELECT count(DISTINCT created_at) FROM notification_deliveries"));
        Assert.Equal(
            messages.Select(issued => (issued.ActivityId, issued.Notifications[0].NotificationId)).Order(),
            await PlannedAsync(world));
    }

    [Fact]
    public async Task A_message_that_cannot_be_planned_takes_no_other_along()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await PushWorld.CreateAsync(Mailbox.Settings(mail: null));
        var users = await SubscribeAsync(world, receiver, count: 4);
        var messages = users.Select(user => Mailbox.Issue(Guid.NewGuid(), "confirmed", user)).ToArray();

        // No text of PostgreSQL holds this character.
        messages[2] = messages[2] with { Notifications = [messages[2].Notifications[0] with { Kind = "con\0firmed" }] };
        var planned = await WhileNobodyWritesAsync(world, messages);

        await Assert.ThrowsAsync<PostgresException>(() => planned[2]);
        await Task.WhenAll(planned[0], planned[1], planned[3]);
        Assert.Equal(
            messages.Where(issued => issued != messages[2]).Select(issued => (issued.ActivityId, issued.Notifications[0].NotificationId)).Order(),
            await PlannedAsync(world));
    }

    private static async Task<Guid[]> SubscribeAsync(PushWorld world, WebhookReceiver receiver, int count)
    {
        var mailbox = new Mailbox(world);
        var users = new Guid[count];
        for (var index = 0; index < count; index++)
        {
            users[index] = await mailbox.AddUserAsync();
            await mailbox.AddWebhookAsync(users[index], receiver.Url);
        }

        return users;
    }

    /// <summary>Hands messages over while the first of them waits for the table.</summary>
    private static async Task<Task[]> WhileNobodyWritesAsync(PushWorld world, NotificationsIssued[] messages)
    {
        var planner = world.First.Services.GetRequiredService<DeliveryPlanner>();
        await using var connection = await world.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var take = new NpgsqlCommand("LOCK TABLE notification_deliveries IN SHARE MODE", connection, transaction);
        await take.ExecuteNonQueryAsync();
        var first = planner.PlanAsync(messages[0], default);
        await Eventually.HoldsAsync(
            async () => await world.Database.ScalarAsync<bool>(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%unnest(%) AS issued%')"),
            "it waits");
        Task[] planned = [first, .. messages[1..].Select(issued => planner.PlanAsync(issued, default))];
        await transaction.CommitAsync();
        return planned;
    }

    private static async Task<IEnumerable<(Guid ActivityId, Guid NotificationId)>> PlannedAsync(PushWorld world)
    {
        var planned = new List<(Guid, Guid)>();
        await using var command = world.Database.DataSource.CreateCommand("SELECT activity_id, notification_id FROM notification_deliveries");
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            planned.Add((row.GetGuid(0), row.GetGuid(1)));
        }

        return planned.Order();
    }
}
