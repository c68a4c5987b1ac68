using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Rsvp.Testing;
using Rsvp.Worker.Outbox;

namespace Rsvp.Worker.Tests.Outbox;

public sealed class OutboxSweepTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    // As the worker's own connections have it, only shorter.
    private const string Bound = ";Options=-c idle_in_transaction_session_timeout=1s";

    [Fact]
    public async Task A_worker_that_is_frozen_in_its_sweep_keeps_the_others_from_theirs_for_a_bounded_time()
    {
        await using var bounded = NpgsqlDataSource.Create(database.ConnectionString + Bound + ";Pooling=false");
        await using var frozen = await bounded.OpenConnectionAsync();
        await using var transaction = await frozen.BeginTransactionAsync();
        await using var take = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", frozen, transaction) { Parameters = { new() { Value = OutboxSweep.LockKey } } };
        await take.ExecuteNonQueryAsync();
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var dispatcher = new OutboxDispatcher(bus: null!, database.DataSource, meters, TimeProvider.System, NullLogger<OutboxDispatcher>.Instance);
        var other = new OutboxSweep(database.DataSource, dispatcher, NullLogger<OutboxSweep>.Instance);

        var meanwhile = await other.SweepAsync(CancellationToken.None);

        Assert.Null(meanwhile);
        await Eventually.HoldsAsync(async () => await other.SweepAsync(CancellationToken.None) is not null, "another worker sweeps");
    }
}
