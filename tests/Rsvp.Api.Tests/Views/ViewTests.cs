using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Rsvp.Api.Tests.Http;
using Rsvp.Api.Views;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Views;

/// <summary>Views: who looked at an activity, once per user and UTC day.</summary>
public sealed class ViewTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    [Fact]
    public async Task Looking_counts_once_per_user_and_day_and_not_without_a_token()
    {
        var activity = await SeedAsync();
        var path = $"/api/activities/{activity}";
        var users = new[] { Guid.NewGuid(), Guid.NewGuid() };
        foreach (var user in users.Concat(users))
        {
            Assert.Equal(200, (await world.SendAsync(HttpMethod.Get, path, ApiWorld.Token(user))).Status);
        }

        Assert.Equal(200, (await world.SendAsync(HttpMethod.Get, path, token: null)).Status);
        Assert.Equal(404, (await world.SendAsync(HttpMethod.Get, $"/api/activities/{Guid.NewGuid()}", ApiWorld.Token(users[0]))).Status);

        await Eventually.HoldsAsync(async () => await CountAsync(activity) == 2, "both views are written");
        await world.SendAsync(HttpMethod.Get, path, ApiWorld.Token(users[0]));
        await world.Services.GetRequiredService<ViewFlusher>().FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, await CountAsync(activity));
    }

    [Fact]
    public async Task Another_day_is_another_view_and_the_rest_is_written_at_the_stop()
    {
        var activity = await SeedAsync();
        var user = Guid.NewGuid();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 23, 59, 59, TimeSpan.Zero));
        var views = Counter(time);
        using var flusher = Flusher(views, time);
        await flusher.StartAsync(TestContext.Current.CancellationToken);

        views.Note(activity, user);
        views.Note(activity, user);
        time.Advance(TimeSpan.FromSeconds(1));
        views.Note(activity, user);
        await flusher.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, await CountAsync(activity));
    }

    [Fact]
    public async Task Memory_is_bounded_and_what_was_not_written_waits()
    {
        var activity = await SeedAsync();
        var views = Counter(TimeProvider.System, pendingMax: 3);
        for (var user = 0; user < 10; user++)
        {
            views.Note(activity, Guid.NewGuid());
        }

        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Database=none");
        using (var lost = Flusher(views, TimeProvider.System, nowhere))
        {
            await lost.FlushAsync(TestContext.Current.CancellationToken);
        }

        using var flusher = Flusher(views, TimeProvider.System);
        await flusher.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(3, await CountAsync(activity));
        Assert.Empty(views.Take(10));
    }

    [Theory]
    [InlineData("UPDATE activity_views SET day = day")]
    [InlineData("DELETE FROM activity_views")]
    [InlineData("UPDATE analytics_counts SET people = 0")]
    [InlineData("SELECT analytics_roll(gen_random_uuid(), 1)")]
    public async Task The_api_may_only_add_views(string statement)
    {
        Assert.Null(await Record.ExceptionAsync(() => RunAsApiAsync("INSERT INTO activity_views VALUES (gen_random_uuid(), '2026-03-01', gen_random_uuid()) ON CONFLICT DO NOTHING")));
        Assert.Null(await Record.ExceptionAsync(() => RunAsApiAsync("SELECT * FROM analytics_fold(gen_random_uuid(), NULL, 1), analytics_of_attending(gen_random_uuid())")));

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => RunAsApiAsync(statement));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    private ViewCounter Counter(TimeProvider time, int pendingMax = 1000) =>
        new(time, Options.Create(new ViewOptions { PendingMax = pendingMax }), world.Services.GetRequiredService<IMeterFactory>());

    private ViewFlusher Flusher(ViewCounter views, TimeProvider time, NpgsqlDataSource? database = null) => new(
        views,
        database ?? world.Services.GetRequiredService<NpgsqlDataSource>(),
        time,
        Options.Create(new ViewOptions()),
        world.Services.GetRequiredService<Microsoft.Extensions.Logging.ILogger<ViewFlusher>>());

    private Task<long> CountAsync(Guid activity) => world.Database.ScalarAsync<long>("SELECT count(*) FROM activity_views WHERE activity_id = $1", activity);

    private async Task<Guid> SeedAsync()
    {
        var log = new Analytics.HandWrittenLog(world.Database, "2999-01-01T18:00:00Z");
        await log.OpenAsync("2024-03-11T09:00:00Z", capacity: 3);
        return log.Activity;
    }

    private async Task RunAsApiAsync(string statement)
    {
        await using var connection = await world.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"SET LOCAL ROLE rsvp_api; {statement}", connection, transaction);
        await command.ExecuteNonQueryAsync();
    }
}
