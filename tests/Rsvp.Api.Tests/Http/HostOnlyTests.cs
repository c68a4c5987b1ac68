namespace Rsvp.Api.Tests.Http;

/// <summary>Every route under an activity that is for its hosts alone.</summary>
public sealed class HostOnlyTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private static readonly Guid Someone = Guid.NewGuid();

    public static TheoryData<string, string, string?> Routes => new()
    {
        { "PATCH", "", "{}" },
        { "POST", "/cancel", null },
        { "PUT", $"/hosts/{Someone}", null },
        { "DELETE", $"/hosts/{Someone}", null },
        { "GET", "/rsvps", null },
        { "POST", "/waitlist/promote", """{ "count": 1 }""" },
        { "POST", "/waitlist/bulk", $$"""{ "action": "remove", "rsvpIds": ["{{Someone}}"] }""" },
        { "POST", "/release-no-shows", null },
        { "POST", "/walk-ins", $$"""{ "userId": "{{Someone}}" }""" },
        { "GET", "/analytics/rsvps", null },
        { "GET", "/history", null },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_route_for_hosts_refuses_everybody_else_at_once(string method, string path, string? body)
    {
        var log = new Analytics.HandWrittenLog(world.Database, "2999-01-01T18:00:00Z");
        await log.OpenAsync("2024-03-11T09:00:00Z", capacity: 3);
        var deleted = Guid.NewGuid();
        await world.Database.ExecuteAsync("INSERT INTO users (user_id, deleted_at) VALUES ($1, now())", deleted);

        var stranger = await SendAsync(log.Activity, ApiWorld.Token(Guid.NewGuid()));
        var gone = await SendAsync(log.Activity, ApiWorld.Token(deleted, role: "admin"));
        var unknown = await SendAsync(Guid.NewGuid(), ApiWorld.Token(log.Host));

        Assert.Equal((403, "not_host"), (stranger.Status, stranger.Code));
        Assert.Equal((403, "user_deleted"), (gone.Status, gone.Code));
        Assert.Equal((404, "activity_not_found"), (unknown.Status, unknown.Code));
        Assert.DoesNotContain(world.Partition.Batches, batch => batch.Commands.Any(command => command.ActivityId == log.Activity));

        Task<Answer> SendAsync(Guid activity, string token) => world.SendAsync(new HttpMethod(method), $"/api/activities/{activity}{path}", token, body);
    }
}
