namespace Rsvp.EndToEnd.Tests.Systems;

/// <summary>Reads and changes the database past the services, as a person with a tool would.</summary>
internal static class DatabaseHand
{
    public static async Task ChangeAsync(this SystemFixture system, string sql, Guid activity)
    {
        await using var command = system.Database.CreateCommand(sql);
        command.Parameters.AddWithValue(activity);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }

    public static async Task<int> ReadAsync(this SystemFixture system, string sql, Guid activity)
    {
        await using var command = system.Database.CreateCommand(sql);
        command.Parameters.AddWithValue(activity);
        return (int)(await command.ExecuteScalarAsync())!;
    }

    public static async Task<bool> TellsAsync(this SystemFixture system, string sql, Guid activity)
    {
        await using var command = system.Database.CreateCommand(sql);
        command.Parameters.AddWithValue(activity);
        return await command.ExecuteScalarAsync() is true;
    }
}
