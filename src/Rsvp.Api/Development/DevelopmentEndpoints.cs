using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;
using Rsvp.Api.Bodies;
using Rsvp.Hosting.Auth;

namespace Rsvp.Api.Development;

/// <summary>What makes the page easy to try: people to be, and a rush. These routes are there in development and nowhere else.</summary>
internal static class DevelopmentEndpoints
{
    // The first whom the system knew: those of the demo, and whoever tried it since.
    private const int PeopleMax = 12;

    /// <summary>How long a token is valid: a day at the desk.</summary>
    internal static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(12);

    internal static void AddDevelopment(this IHostApplicationBuilder builder)
    {
        if (builder.Environment.IsDevelopment())
        {
            builder.Services.AddSingleton(services => new TokenFactory(services.GetRequiredService<IOptions<JwtOptions>>().Value, services.GetRequiredService<TimeProvider>()));
            builder.Services.AddSingleton<RushRunner>();
        }
    }

    internal static void MapDevelopment(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            return;
        }

        var group = app.MapGroup("/development").AllowAnonymous().ExcludeFromDescription();
        group.MapGet("/people", ListPeopleAsync);
        group.MapPost("/tokens", CreateToken);
        group.MapPost("/rushes", (BodyRequest<RushBody> request, RushRunner runner) => new RushResult(runner, request.Body));
    }

    private static async Task<IResult> ListPeopleAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            SELECT user_id, name
            FROM   users
            WHERE  name IS NOT NULL AND deleted_at IS NULL
            ORDER  BY created_at, user_id
            LIMIT  @max
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var people = await connection.QueryAsync<(Guid UserId, string Name)>(new CommandDefinition(Sql, new { max = PeopleMax }, cancellationToken: cancellationToken));
        return Results.Json(people.Select(person => new KnownPerson(person.UserId, person.Name)).ToArray(), DevelopmentJson.Default.KnownPersonArray);
    }

    private static IResult CreateToken(BodyRequest<TokenBody> request, TokenFactory tokens)
    {
        var userId = request.Body.UserId ?? Guid.NewGuid();
        return Results.Json(
            new IssuedToken(userId, request.Body.Name, tokens.Create(userId, TokenLifetime, request.Body.Name)), DevelopmentJson.Default.IssuedToken);
    }
}
