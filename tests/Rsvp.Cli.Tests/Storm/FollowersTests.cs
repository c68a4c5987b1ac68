using Microsoft.AspNetCore.Http;
using Rsvp.Cli.Storm;

namespace Rsvp.Cli.Tests.Storm;

public sealed class FollowersTests
{
    [Theory]
    [InlineData(401, "unauthorized")]
    [InlineData(503, "unavailable")]
    public async Task Who_cannot_be_told_or_compared_is_a_check_that_fails_and_says_why(int status, string code)
    {
        await using var stage = await StormStage.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            return http.Response.WriteAsync($$"""{ "code": "{{code}}" }""");
        });
        await using var followers = new Followers(stage.People, TimeProvider.System);
        var activity = Guid.NewGuid();

        await followers.FollowAsync(activity, [Guid.NewGuid(), Guid.NewGuid()], TimeSpan.Zero, CancellationToken.None);
        var check = await followers.CheckAsync(activity, TimeSpan.Zero, CancellationToken.None);

        Assert.Equal((false, "2", $"0 ({code})"), (check.Ok, check.Expected, check.Found));
    }
}
