using Npgsql;
using Rsvp.Testing;

namespace Rsvp.Worker.Tests.Migrations;

/// <summary>What every role may do with everything there is: asked of the database and compared with docs/security.md, so that a new table needs a decision.</summary>
public sealed class RightsTests(MigratedDatabase migrated) : IClassFixture<MigratedDatabase>
{
    private static readonly string[] Roles = ["rsvp_api", "rsvp_worker", "rsvp_notifier", "rsvp_auditor"];

    // A right on some columns names them, or those that are left out when these are fewer.
    private const string RightsSql =
        """
        SELECT DISTINCT name, place, allowed
        FROM (
            SELECT CASE WHEN c.relname LIKE 'qrtz\_%' THEN 'qrtz_*' ELSE c.relname END AS name, r.place,
                   CASE
                       WHEN has_table_privilege($1, c.oid, r.name) THEN lower(r.name)
                       WHEN granted.columns IS NULL THEN NULL
                       WHEN cardinality(granted.columns) < cardinality(missing.columns) THEN format('%s (%s)', lower(r.name), array_to_string(granted.columns, ', '))
                       ELSE format('%s (all but %s)', lower(r.name), array_to_string(missing.columns, ', '))
                   END AS allowed
            FROM   pg_class c
            CROSS  JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) WITH ORDINALITY AS r (name, place)
            CROSS  JOIN LATERAL (
                SELECT array_agg(attname::text ORDER BY attnum) AS columns FROM pg_attribute
                WHERE  attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND r.name IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
                  AND  has_column_privilege($1, c.oid, attnum, r.name)) AS granted
            CROSS  JOIN LATERAL (
                SELECT array_agg(attname::text ORDER BY attnum) AS columns FROM pg_attribute
                WHERE  attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND r.name IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
                  AND  NOT has_column_privilege($1, c.oid, attnum, r.name)) AS missing
            WHERE  c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            UNION  ALL
            SELECT p.proname || '()', 1, CASE WHEN has_function_privilege($1, p.oid, 'EXECUTE') THEN 'execute' END
            FROM   pg_proc p WHERE p.pronamespace = 'public'::regnamespace
            UNION  ALL
            SELECT c.relname, r.place, CASE WHEN has_sequence_privilege($1, c.oid, r.name) THEN lower(r.name) END
            FROM   pg_class c CROSS JOIN unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) WITH ORDINALITY AS r (name, place)
            WHERE  c.relnamespace = 'public'::regnamespace AND c.relkind = 'S'
        ) AS rights (name, place, allowed)
        ORDER BY name, place
        """;

    [Fact]
    public async Task Every_role_may_do_with_every_table_what_the_table_of_rights_says()
    {
        var found = await RightsAsync(migrated.Database);

        var difference = await SecurityPage.DifferenceAsync("in the database", found);
        Assert.True(difference is null, difference);
    }

    [Fact]
    public async Task A_new_table_or_function_without_a_decision_is_not_what_the_table_of_rights_says()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("CREATE TABLE diaries (page text); CREATE FUNCTION peek() RETURNS integer LANGUAGE sql AS 'SELECT 1'");

        var found = await RightsAsync(database);

        var written = await SecurityPage.TableAsync("in the database");
        Assert.Equal(["| `diaries` | | | | select |", "| `peek()` | | | | |"], found.Except(written).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Nobody_has_a_right_by_merely_being_able_to_connect()
    {
        const string Sql =
            """
            SELECT coalesce(string_agg(what, '; '), 'nothing')
            FROM (
                SELECT format('%s on %s', a.privilege_type, c.relname) FROM pg_class c, aclexplode(c.relacl) a WHERE a.grantee = 0 AND c.relnamespace = 'public'::regnamespace
                UNION ALL
                SELECT format('%s on %s', a.privilege_type, p.proname) FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                WHERE  a.grantee = 0 AND p.pronamespace = 'public'::regnamespace
                UNION ALL
                SELECT format('%s on the schema', a.privilege_type) FROM pg_namespace n, aclexplode(n.nspacl) a WHERE a.grantee = 0 AND n.nspname = 'public'
                UNION ALL
                SELECT format('%s on the database', a.privilege_type) FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                WHERE  a.grantee = 0 AND d.datname = current_database()
            ) AS rights (what)
            """;

        Assert.Equal("nothing", await migrated.Database.ScalarAsync<string>(Sql));

        // The question is one that finds something: a copy of the database has the rights that every new database has.
        await using var copy = await TestDatabase.CreateAsync();
        Assert.NotEqual("nothing", await copy.ScalarAsync<string>(Sql));
    }

    [Theory]
    [InlineData("CREATE TABLE mine ()")]
    [InlineData("CREATE SCHEMA mine")]
    [InlineData("CREATE TEMP TABLE rsvps ()")]
    [InlineData("CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'")]
    [InlineData("ALTER TABLE rsvps ADD COLUMN mine text")]
    [InlineData("DROP TABLE rsvps")]
    [InlineData("TRUNCATE rsvps")]
    [InlineData("CREATE ROLE mine")]
    [InlineData("SET ROLE rsvp_owner")]
    [InlineData("COPY users TO PROGRAM 'cat'")]
    [InlineData("ALTER TABLE activities DISABLE TRIGGER ALL")]
    public async Task No_service_makes_changes_or_becomes_anything(string statement)
    {
        await migrated.Database.ExecuteAsync("DO $$ BEGIN CREATE ROLE rsvp_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        foreach (var role in Roles)
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => RunAsAsync(role, statement));

            Assert.True(refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege, $"{role}: {refusal.MessageText}");
        }
    }

    [Fact]
    public async Task Roles_have_no_attributes_and_belong_to_no_other_role()
    {
        const string Sql =
            """
            SELECT count(*) FROM pg_roles r
            WHERE  r.rolname = ANY ($1)
              AND  (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid))
            """;

        Assert.Equal(0L, await migrated.Database.ScalarAsync<long>(Sql, (object)Roles));
        Assert.Equal((long)Roles.Length, await migrated.Database.ScalarAsync<long>("SELECT count(*) FROM pg_roles WHERE rolname = ANY ($1)", (object)Roles));
    }

    [Fact]
    public async Task Names_mean_the_same_for_everybody_and_no_function_lends_its_owners_rights()
    {
        Assert.Equal("public", await migrated.Database.ScalarAsync<string>("SHOW search_path"));
        Assert.Equal(0L, await migrated.Database.ScalarAsync<long>("SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"));
    }

    private static async Task<IReadOnlyList<string>> RightsAsync(TestDatabase database)
    {
        var rights = new SortedDictionary<string, List<string>[]>(StringComparer.Ordinal);
        foreach (var (index, role) in Roles.Index())
        {
            await using var command = database.DataSource.CreateCommand(RightsSql);
            command.Parameters.AddWithValue(role);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                if (!rights.TryGetValue(reader.GetString(0), out var cells))
                {
                    rights[reader.GetString(0)] = cells = [.. Roles.Select(_ => new List<string>())];
                }

                if (!await reader.IsDBNullAsync(2))
                {
                    cells[index].Add(reader.GetString(2));
                }
            }
        }

        return [.. rights.Select(row => $"| `{row.Key}` |{string.Concat(row.Value.Select(cell => cell.Count == 0 ? " |" : $" {string.Join(", ", cell)} |"))}")];
    }

    private async Task RunAsAsync(string role, string statement)
    {
        await using var connection = new NpgsqlConnection(await migrated.ConnectionStringOfAsync(role));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
