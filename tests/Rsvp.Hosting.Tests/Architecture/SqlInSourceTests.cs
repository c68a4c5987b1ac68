using Rsvp.Testing;

namespace Rsvp.Hosting.Tests.Architecture;

/// <summary>Values reach the database as parameters only: no service puts SQL together at run time.</summary>
public sealed class SqlInSourceTests
{
    // Every invariant is a constant text; this puts the same frame around each.
    private static readonly string[] Framed = ["Invariant.cs: SELECT activity_id, rsvp_id, what, count(*) OVER ()"];

    [Fact]
    public async Task No_service_puts_SQL_together_at_run_time()
    {
        var sources = Directory.GetFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .ToArray();
        Assert.True(sources.Length > 100);

        var found = new List<string>();
        foreach (var file in sources)
        {
            found.AddRange(SqlInSource.FindAssembled(await File.ReadAllTextAsync(file)).Select(sql => $"{Path.GetFileName(file)}: {sql}"));
        }

        Assert.Equal(Framed, found);
    }

    [Theory]
    [InlineData("var sql = $\"SELECT * FROM users WHERE name = '{name}'\";")]
    [InlineData("command.CommandText = \"DELETE FROM users WHERE user_id = '\" + id + \"'\";")]
    [InlineData("command.CommandText = \"SELECT name FROM users ORDER BY \" + column;")]
    [InlineData("var sql = string.Format(\"UPDATE rsvps SET status = '{0}'\", status);")]
    [InlineData("sql.Append(\" AND status = '\").Append(status);")]
    [InlineData("var sql = $\"\"\"\n    SELECT {column}\n    FROM users\n    \"\"\";")]
    [InlineData("var sql = \"\"\"\n    SELECT @column FROM users\n    \"\"\".Replace(\"@column\", column);")]
    [InlineData("const string Table = \"users\"; var sql = $\"INSERT INTO {table} VALUES (1)\";")]
    public void SQL_with_a_value_in_it_is_found(string source) => Assert.Single(SqlInSource.FindAssembled(source).Distinct());

    [Theory]
    [InlineData("const string Sql = $\"SELECT {Columns} FROM users WHERE user_id = @id\";")]
    [InlineData("private const string Sql =\n    \"SELECT a \" + \"FROM users\";")]
    [InlineData("var sql = \"SELECT name FROM users WHERE user_id = $1\";")]
    [InlineData("Refuse($\"Must be an integer from {min} to {max}.\");")]
    [InlineData("// var sql = $\"SELECT {x} FROM users\";")]
    public void SQL_that_is_one_constant_is_not(string source) => Assert.Empty(SqlInSource.FindAssembled(source));
}
