using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Notifications;

/// <summary>Mail and the line are strangers to each other, on real processes.</summary>
[Collection(SystemCollection.Name)]
public sealed class DeadMailServerTests(SystemFixture system)
{
    private const int Minutes = 10;

    /// <remarks>
    /// The ten minutes are not waited for. After each of ten promotions one minute passes for every mail that waits: the times in its row are moved back
    /// by a minute, which is all that the notifier knows of time passed, and the notifier must then have tried the dead server again.
    /// </remarks>
    [Fact]
    public async Task Ten_minutes_of_a_dead_smtp_server_delay_no_promotion_and_lose_no_mail()
    {
        SystemFixture.NeedsOwn();
        var activity = await system.NewPerson().OpenAsync(capacity: 1);
        var people = new List<Person>();
        for (var index = 0; index <= Minutes; index++)
        {
            people.Add(system.NewPerson(email: $"person{index}@example.org"));
            await people[index].SubmitAsync(activity);
        }

        await PlannedAsync(activity, people.Count);
        for (var minute = 0; minute < Minutes; minute++)
        {
            await people[minute].CancelAsync(activity);
            await people[minute + 1].BecomesAsync(activity, "confirmed");
            await PlannedAsync(activity, people.Count + (2 * (minute + 1)));

            var tried = await ReadAsync(activity, "coalesce(sum(attempts), 0)");
            await PassMinuteAsync(activity);
            await Eventually.HoldsAsync(async () => await ReadAsync(activity, "coalesce(sum(attempts), 0)") > tried, "the dead server was tried again");
        }

        // All of it waits, the oldest for ten minutes, and nothing was given up.
        var mails = people.Count + (2 * Minutes);
        Assert.Equal(mails, await ReadAsync(activity, "count(*) FILTER (WHERE state = 'pending')"));
        Assert.Equal(1, await ReadAsync(activity, "(min(created_at) <= now() - interval '10 minutes')::int"));
        Assert.Empty(system.Mail.Mails);

        system.Mail.Listen();
        await Eventually.HoldsAsync(async () => await ReadAsync(activity, "count(*) FILTER (WHERE state = 'sent')") == mails, "every mail was sent", TimeSpan.FromSeconds(60));

        Assert.Equal(await NotificationsAsync(activity), system.Mail.Mails.Select(mail => mail.NotificationId).Order());
        Assert.Equal(people.Count, system.Mail.Mails.Select(mail => Assert.Single(mail.Recipients)).Distinct().Count());
        await system.AssertAuditIsCleanAsync();
    }

    private Task PlannedAsync(Guid activity, int count) => Eventually.HoldsAsync(
        async () => await ReadAsync(activity, "count(*)") == count, $"{count} mails are planned");

    private async Task<long> ReadAsync(Guid activity, string what)
    {
        await using var command = system.Database.CreateCommand($"SELECT ({what})::bigint FROM notification_deliveries WHERE activity_id = $1");
        command.Parameters.AddWithValue(activity);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task PassMinuteAsync(Guid activity)
    {
        await using var command = system.Database.CreateCommand(
            """
            UPDATE notification_deliveries
            SET    due_at = due_at - interval '1 minute', created_at = created_at - interval '1 minute', issued_at = issued_at - interval '1 minute'
            WHERE  activity_id = $1 AND state = 'pending'
            """);
        command.Parameters.AddWithValue(activity);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<IEnumerable<Guid>> NotificationsAsync(Guid activity)
    {
        await using var command = system.Database.CreateCommand("SELECT array_agg(log_id) FROM notifications WHERE activity_id = $1");
        command.Parameters.AddWithValue(activity);
        return ((Guid[])(await command.ExecuteScalarAsync())!).Order();
    }
}
