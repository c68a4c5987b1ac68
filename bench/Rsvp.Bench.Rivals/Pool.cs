using Npgsql;
using Rsvp.Hosting.Database;

namespace Rsvp.Bench.Rivals;

/// <summary>The design's connections. How many is set while it runs, so that each number is measured on code that is warm.</summary>
/// <param name="configuration">Where PostgreSQL is.</param>
/// <param name="sharesConnections">
/// True: statements of several requests are under way on one connection, one behind the other, and none of them waits for the answer to the one before
/// ("multiplexing"). For designs without transactions of more than one statement.
/// </param>
internal sealed class Pool(IConfiguration configuration, bool sharesConnections) : IAsyncDisposable
{
    private const int InitialSize = 4;

    // With a thousand requests before four connections a request waits for seconds, and none may be refused for it.
    private const int WaitSecondsMax = 60;

    private NpgsqlDataSource _dataSource = Create(configuration, sharesConnections, InitialSize);

    internal ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => Volatile.Read(ref _dataSource).OpenConnectionAsync(cancellationToken);

    internal NpgsqlCommand CreateCommand(string sql) => Volatile.Read(ref _dataSource).CreateCommand(sql);

    /// <summary>Opens a new pool and all of its connections, so that no request pays for that. Those of the old one are closed before, because the server has so many and no more.</summary>
    internal async Task ResizeAsync(int size)
    {
        NpgsqlDataSource pool = Create(configuration, sharesConnections, size);
        await Interlocked.Exchange(ref _dataSource, pool).DisposeAsync();
        NpgsqlConnection[] all = await Task.WhenAll(Enumerable.Range(0, size).Select(_ => pool.OpenConnectionAsync().AsTask()));

        // One that is shared is not opened before it is somebody's own.
        await Task.WhenAll(all.Select(connection => connection.BeginTransactionAsync().AsTask()));
        foreach (NpgsqlConnection connection in all) await connection.DisposeAsync();
    }

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    private static NpgsqlDataSource Create(IConfiguration configuration, bool sharesConnections, int size) => PostgresExtensions.CreatePlainDataSource(
        new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("Postgres"))
        {
            MaxPoolSize = size,
            MinPoolSize = size,
            Timeout = WaitSecondsMax,
            MaxAutoPrepare = 20,
            AutoPrepareMinUsages = 1,
            NoResetOnClose = true,
            Multiplexing = sharesConnections,

            // Planned once: a statement that touches five tables is not planned anew each time. By indexes, as our batches are, while tables are small and nobody has counted them.
            Options = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off",
        }.ToString());
}

/// <summary><c>PUT /pool/{size}</c>, for whoever measures.</summary>
internal static class PoolEndpoints
{
    internal static void MapPool(this IEndpointRouteBuilder routes) => routes.MapPut("/pool/{size:int:range(1,150)}", ResizeAsync).AllowAnonymous();

    private static async Task<IResult> ResizeAsync(int size, Pool pool)
    {
        await pool.ResizeAsync(size);
        return Results.NoContent();
    }
}
