using Npgsql;
using Rsvp.Hosting.Database;
using Rsvp.Testing;
using Rsvp.Worker.Migrations;

namespace Rsvp.Worker.Tests.Migrations;

public sealed class MigratorTests
{
    [Fact]
    public async Task Eight_processes_that_start_together_on_an_empty_database_apply_each_script_once()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Migrator.ApplyAsync(database.ConnectionString, TimeProvider.System))));

        Assert.Equal(MigrationScripts.Load().Count, await database.ScalarAsync<long>("SELECT count(*) FROM schema_version"));
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
    }

    [Fact]
    public async Task A_migrated_database_is_left_alone()
    {
        await using var database = await TestDatabase.CreateAsync();
        var appliedAt = await database.ScalarAsync<DateTime>("SELECT max(applied_at) FROM schema_version");

        await Migrator.ApplyAsync(database.ConnectionString, TimeProvider.System);

        Assert.Equal(appliedAt, await database.ScalarAsync<DateTime>("SELECT max(applied_at) FROM schema_version"));
    }

    [Fact]
    public async Task A_script_that_does_not_get_its_lock_lets_others_pass_and_is_tried_again()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(
            """
            ALTER TABLE rsvps
                ADD CONSTRAINT rsvps_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES activities,
                ADD CONSTRAINT rsvps_user_id_fkey FOREIGN KEY (user_id) REFERENCES users;
            DELETE FROM schema_version WHERE version >= 15;
            """);
        await using var reader = await database.DataSource.OpenConnectionAsync();
        await using var reading = await reader.BeginTransactionAsync();
        await using var read = new NpgsqlCommand("SELECT count(*) FROM rsvps", reader, reading);
        await read.ExecuteScalarAsync();

        var migrating = Record.ExceptionAsync(() => Task.Run(() => Migrator.ApplyAsync(database.ConnectionString, TimeProvider.System))).AsTask();
        await Eventually.HoldsAsync(
            () => database.ScalarAsync<bool>(
                "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database d ON d.oid = database WHERE relation = 'rsvps'::regclass AND NOT granted AND datname = current_database())"),
            "the script waits for its lock");
        var behind = await Eventually.EndsAsync(database.ScalarAsync<long>("SELECT count(*) FROM rsvps"), "whoever came after it is served", TimeSpan.FromSeconds(15));
        var isDone = migrating.IsCompleted;
        await reading.RollbackAsync();

        Assert.Equal((0L, false), (behind, isDone));
        Assert.Null(await Eventually.EndsAsync(migrating, "the script is applied", TimeSpan.FromSeconds(60)));
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM schema_version WHERE version = 15"));
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM pg_constraint WHERE conrelid = 'rsvps'::regclass AND contype = 'f'"));
    }

    [Fact]
    public void The_services_wait_for_the_newest_script()
    {
        Assert.Equal(SchemaGate.RequiredMigration, MigrationScripts.Load().Max(MigrationScripts.NumberOf));
    }

    [Fact]
    public void The_scripts_are_numbered_from_one_without_gap()
    {
        var numbers = MigrationScripts.Load().Select(MigrationScripts.NumberOf).ToList();

        Assert.Equal(Enumerable.Range(1, numbers.Count), numbers);
    }

    [Fact]
    public async Task A_wrong_database_name_fails_at_once_instead_of_being_waited_for()
    {
        var nowhere = new NpgsqlConnectionStringBuilder(TestServers.Postgres) { Database = "rsvp_no_such_database" }.ConnectionString;

        var attempt = Eventually.EndsAsync(
            Record.ExceptionAsync(() => Migrator.ApplyAsync(nowhere, TimeProvider.System)).AsTask(), "the migrator gives up", TimeSpan.FromSeconds(10));

        Assert.Equal(PostgresErrorCodes.InvalidCatalogName, Assert.IsType<PostgresException>(await attempt).SqlState);
    }
}
