using System.Net;
using Rsvp.EndToEnd.Tests.Systems;
using Rsvp.Testing;

namespace Rsvp.EndToEnd.Tests.Faults;

/// <summary>Kills the only API while somebody waits for its answer; they ask again with the same key.</summary>
[Collection(SystemCollection.Name)]
public sealed class KilledApiTests(SystemFixture system)
{
    [Theory]
    [InlineData("before_send:kill:1", "the request is taken and not sent")]
    [InlineData("after_confirm:kill:1", "the broker has the request and nobody was told")]
    public async Task An_api_killed_when(string failPoint, string when)
    {
        var activity = await system.NewPerson().OpenAsync(1);
        var person = system.NewPerson();
        try
        {
            await system.Instance.StopAsync("api-1", CancellationToken.None);
            await system.StartArmedAsync("api-1", failPoint);
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => person.SubmitAsync(activity, key: "once"));
            await Eventually.HoldsAsync(() => system.Instance.State.Alive("api-1") is null, $"the API dies when {when}");
        }
        finally
        {
            await system.Instance.StartAsync("api-1", CancellationToken.None);
        }

        var answer = await person.SubmitAsync(activity, key: "once");
        var again = await person.SubmitAsync(activity, key: "once");

        Assert.Equal((HttpStatusCode.Created, "confirmed"), (answer.Status, answer.RsvpStatus));
        Assert.Equal((answer.RequestId, "confirmed"), (again.RequestId, again.RsvpStatus));
        await using var effects = system.Database.CreateCommand("SELECT count(*) FROM rsvp_analytics WHERE activity_id = $1 AND action = 'confirmed'");
        effects.Parameters.AddWithValue(activity);
        Assert.Equal(1L, await effects.ExecuteScalarAsync());
        await system.AssertAuditIsCleanAsync();
    }
}
