using System.Text.RegularExpressions;
using Npgsql;
using Rsvp.EndToEnd.Tests.Scaling;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Years;

/// <summary>The schema is changed as docs/operations.md says, while people ask.</summary>
[Collection(SystemCollection.Name)]
[Trait("Category", "Long")]
public sealed partial class SchemaChangeTests(SystemFixture system)
{
    [Fact]
    public async Task A_column_comes_is_filled_is_required_and_goes_while_people_ask_and_no_request_fails()
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs", "operations.md"));
        var steps = Step().Matches(page[page.IndexOf("## Schema changes", StringComparison.Ordinal)..]).Select(block => block.Groups["sql"].Value).ToList();
        Assert.Equal(4, steps.Count);
        await using var rush = await Rush.BeginAsync(system);
        await using var connection = new NpgsqlConnection(system.Run.OwnerKeywords());
        await connection.OpenAsync();

        foreach (var sql in steps)
        {
            var before = rush.Answered;
            await Eventually.HoldsAsync(() => rush.Answered > before + 20, "people are served before the step");
            await StepAsync(connection, sql);
        }

        var after = rush.Answered;
        await Eventually.HoldsAsync(() => rush.Answered > after + 20, "people are served after the last step");
        await rush.EndsCleanAsync();
    }

    /// <summary>A statement that did not get its lock in time is tried again, and one that fills a column until nothing is left.</summary>
    private static async Task StepAsync(NpgsqlConnection connection, string sql)
    {
        foreach (var statement in sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var repeats = statement.StartsWith("UPDATE", StringComparison.Ordinal);
            await Eventually.HoldsAsync(
                async () =>
                {
                    try
                    {
                        await using var command = new NpgsqlCommand(statement, connection);
                        return await command.ExecuteNonQueryAsync() <= 0 || !repeats;
                    }
                    catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
                    {
                        return false;
                    }
                },
                $"done: {statement}",
                TimeSpan.FromSeconds(60));
        }
    }

    [GeneratedRegex(@"```sql\n(?<sql>(?:.|\n)*?)```")]
    private static partial Regex Step();
}
