using Npgsql;
using Rsvp.Testing;

namespace Rsvp.Worker.Tests.Migrations;

/// <summary>What the services' database roles may not do.</summary>
public sealed class RoleTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData("rsvp_api", "UPDATE activities SET capacity = 1")]
    [InlineData("rsvp_api", "DELETE FROM activities")]
    [InlineData("rsvp_api", "INSERT INTO activity_hosts SELECT activity_id, user_id, created_at FROM rsvps")]
    [InlineData("rsvp_api", "UPDATE rsvps SET status = 'confirmed'")]
    [InlineData("rsvp_api", "INSERT INTO rsvps (rsvp_id) SELECT rsvp_id FROM rsvps")]
    [InlineData("rsvp_api", "DELETE FROM rsvps")]
    [InlineData("rsvp_api", "DELETE FROM rsvp_requests")]
    [InlineData("rsvp_api", "INSERT INTO rsvp_analytics SELECT * FROM rsvp_analytics")]
    [InlineData("rsvp_api", "INSERT INTO outbox (kind, payload) VALUES ('x', '{}')")]
    [InlineData("rsvp_api", "SELECT secret FROM webhooks")]
    [InlineData("rsvp_api", "SELECT * FROM webhooks")]
    [InlineData("rsvp_api", "UPDATE webhooks SET secret = 'whsec_'")]
    [InlineData("rsvp_api", "UPDATE webhooks SET url = url")]
    [InlineData("rsvp_api", "UPDATE notification_deliveries SET state = 'sent'")]
    [InlineData("rsvp_api", "DELETE FROM notification_deliveries")]
    [InlineData("rsvp_notifier", "UPDATE webhooks SET url = url")]
    [InlineData("rsvp_notifier", "DELETE FROM webhooks")]
    [InlineData("rsvp_notifier", "UPDATE notification_preferences SET email = true")]
    [InlineData("rsvp_notifier", "UPDATE users SET email = NULL")]
    [InlineData("rsvp_notifier", "INSERT INTO notifications SELECT * FROM notifications")]
    [InlineData("rsvp_worker", "SELECT secret FROM webhooks")]
    [InlineData("rsvp_worker", "UPDATE notification_deliveries SET state = 'sent'")]
    [InlineData("rsvp_api", "SELECT * FROM workers")]
    [InlineData("rsvp_notifier", "DELETE FROM worker_partitions")]
    [InlineData("rsvp_notifier", "UPDATE rsvps SET status = 'confirmed'")]
    [InlineData("rsvp_notifier", "UPDATE activities SET capacity = 1")]
    [InlineData("rsvp_worker", "DELETE FROM rsvp_analytics")]
    [InlineData("rsvp_worker", "UPDATE rsvp_analytics SET at = now()")]
    [InlineData("rsvp_worker", "TRUNCATE rsvp_analytics")]
    [InlineData("rsvp_worker", "TRUNCATE notifications")]
    [InlineData("rsvp_notifier", "DELETE FROM notifications")]
    [InlineData("rsvp_worker", "UPDATE notifications SET created_at = now()")]
    public async Task A_role_is_refused_what_it_has_no_business_with(string role, string statement)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => RunAsAsync(role, statement));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Theory]
    [InlineData("rsvp_api", "SELECT count(*) FROM rsvps")]
    [InlineData("rsvp_api", "UPDATE users SET name = name")]
    [InlineData("rsvp_api", "SELECT webhook_id, url, disabled_at FROM webhooks WHERE user_id IS NOT NULL")]
    [InlineData("rsvp_api", "DELETE FROM webhooks WHERE webhook_id IS NULL")]
    [InlineData("rsvp_notifier", "SELECT secret FROM webhooks")]
    [InlineData("rsvp_notifier", "SELECT count(*) FROM activities")]
    [InlineData("rsvp_worker", "DELETE FROM notification_deliveries WHERE user_id = gen_random_uuid()")]
    [InlineData("rsvp_worker", "DELETE FROM webhooks WHERE user_id = gen_random_uuid()")]
    [InlineData("rsvp_worker", "DELETE FROM notification_preferences WHERE user_id = gen_random_uuid()")]
    [InlineData("rsvp_worker", "DELETE FROM workers")]
    [InlineData("rsvp_worker", "UPDATE rsvps SET version = version")]
    [InlineData("rsvp_worker", "INSERT INTO rsvp_analytics SELECT * FROM rsvp_analytics")]
    public async Task A_role_may_do_its_work(string role, string statement)
    {
        Assert.Null(await Record.ExceptionAsync(() => RunAsAsync(role, statement)));
    }

    private async Task RunAsAsync(string role, string statement)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"SET LOCAL ROLE {role}; {statement}", connection, transaction);
        await command.ExecuteNonQueryAsync();
    }
}
