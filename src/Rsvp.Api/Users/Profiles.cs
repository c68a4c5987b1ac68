using Dapper;
using Npgsql;
using Rsvp.Contracts;

namespace Rsvp.Api.Users;

/// <summary>Profiles as the database has them. A plain write: nothing about seats depends on them.</summary>
internal sealed class Profiles(NpgsqlDataSource database)
{
    /// <summary>A person's profile; what the token says before there is one.</summary>
    /// <returns>Null when the person was deleted.</returns>
    internal async Task<Profile?> FindAsync(Caller caller, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            SELECT user_id AS id, name, email, birth_year, city, deleted_at IS NOT NULL AS is_deleted FROM users WHERE user_id = @userId
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<ProfileRow>(
            new CommandDefinition(Sql, new { userId = caller.UserId }, cancellationToken: cancellationToken));
        return row switch
        {
            null => new Profile { Id = caller.UserId, Name = caller.Name, Email = caller.Email },
            { IsDeleted: true } => null,
            _ => row.ToProfile(),
        };
    }

    /// <summary>Writes a person's profile, and makes it if there is none.</summary>
    /// <returns>Null when the person was deleted.</returns>
    internal async Task<Profile?> SaveAsync(Caller caller, ProfileBody body, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            INSERT INTO users AS known (user_id, name, email, birth_year, city)
            VALUES (@userId, CASE WHEN @setsName THEN @name ELSE @tokenName END, CASE WHEN @setsEmail THEN @email ELSE @tokenEmail END, @birthYear, @city)
            ON     CONFLICT (user_id) DO UPDATE
            SET    name = CASE WHEN @setsName THEN excluded.name ELSE known.name END,
                   email = CASE WHEN @setsEmail THEN excluded.email ELSE known.email END,
                   birth_year = CASE WHEN @setsBirthYear THEN excluded.birth_year ELSE known.birth_year END,
                   city = CASE WHEN @setsCity THEN excluded.city ELSE known.city END
            WHERE  known.deleted_at IS NULL
            RETURNING user_id AS id, name, email, birth_year, city, false AS is_deleted
            """;
        var values = new
        {
            userId = caller.UserId,
            name = body.Name,
            setsName = body.Sets("name", body.Name),
            tokenName = caller.Name,
            email = body.Email,
            setsEmail = body.Sets("email", body.Email),
            tokenEmail = caller.Email,
            birthYear = body.BirthYear,
            setsBirthYear = body.Sets("birthYear", body.BirthYear),
            city = body.City,
            setsCity = body.Sets("city", body.City),
        };
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<ProfileRow>(new CommandDefinition(Sql, values, cancellationToken: cancellationToken));
        return row?.ToProfile();
    }

    private sealed record ProfileRow
    {
        public Guid Id { get; init; }

        public string? Name { get; init; }

        public string? Email { get; init; }

        public int? BirthYear { get; init; }

        public string? City { get; init; }

        public bool IsDeleted { get; init; }

        public Profile ToProfile() => new() { Id = Id, Name = Name, Email = Email, BirthYear = BirthYear, City = City };
    }
}
