using Rsvp.Api.Tests.Http;

namespace Rsvp.Api.Tests.Limits;

/// <summary>The tightest limits there can be, and a thousand people who all come through one address.</summary>
public sealed class RushTests(RushTests.TightWorld world) : IClassFixture<RushTests.TightWorld>
{
    [Fact]
    public async Task A_thousand_people_behind_one_address_who_ask_for_a_place_once_are_all_taken()
    {
        var activity = ApiWorld.ActivityId();

        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ =>
            world.SendAsync(HttpMethod.Post, $"/api/activities/{activity}/rsvp", ApiWorld.Token(Guid.NewGuid()))));

        Assert.All(answers, answer => Assert.Equal(202, answer.Status));
    }

    public sealed class TightWorld() : ApiWorld(
        hasDatabase: false,
        settings:
        [
            ("RateLimits:UserBurst", "1"), ("RateLimits:UserPerSecond", "1"), ("RateLimits:AddressBurst", "1"), ("RateLimits:AddressPerSecond", "1"),
        ]);
}
