using System.Text.RegularExpressions;
using Rsvp.Testing;

namespace Rsvp.Hosting.Tests.Architecture;

/// <summary>Pooled connections are not reset between their users, so no statement may change a session for longer than its transaction.</summary>
public sealed partial class SessionStateTests
{
    // Its connections are its own and end with it.
    private const string Unpooled = "Migrator.cs";

    [Fact]
    public async Task No_statement_outlasts_its_transaction()
    {
        var found = new List<string>();
        foreach (var file in Directory.GetFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != Unpooled))
        {
            found.AddRange(SessionState().Matches(await File.ReadAllTextAsync(file)).Select(match => $"{Path.GetFileName(file)}: {match.Value}"));
        }

        Assert.Empty(found);
    }

    [Theory]
    [InlineData("\"SET work_mem = '64MB'\"")]
    [InlineData("\"SELECT 1; SET SESSION search_path = other\"")]
    [InlineData("\"SELECT set_config('work_mem', '64MB', false)\"")]
    [InlineData("\"SELECT pg_advisory_lock($1)\"")]
    [InlineData("\"CREATE TEMP TABLE names (name text)\"")]
    [InlineData("\"LISTEN changes\"")]
    public void Control_such_a_statement_is_found(string source) => Assert.Matches(SessionState(), source);

    [Theory]
    [InlineData("\"SET LOCAL lock_timeout = '10s'; SELECT 1\"")]
    [InlineData("\"SET TRANSACTION READ ONLY\"")]
    [InlineData("\"UPDATE users SET name = $1\"")]
    [InlineData("\"SELECT set_config('jit', 'off', true)\"")]
    [InlineData("\"SELECT pg_try_advisory_xact_lock($1)\"")]
    public void One_that_ends_with_its_transaction_is_not(string source) => Assert.DoesNotMatch(SessionState(), source);

    [GeneratedRegex(@"(?:[""';]\s*SET\s+(?!LOCAL|TRANSACTION)|set_config\([^()]*,\s*false\s*\)|pg_(?:try_)?advisory_lock|CREATE\s+TEMP|[""';]\s*LISTEN\s)")]
    private static partial Regex SessionState();
}
