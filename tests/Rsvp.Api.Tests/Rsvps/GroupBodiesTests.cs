using Rsvp.Api.Groups;
using Rsvp.Api.Tests.Bodies;

namespace Rsvp.Api.Tests.Rsvps;

public sealed class GroupBodiesTests
{
    [Fact]
    public async Task A_group_is_read_in_the_order_of_its_members()
    {
        var userId = Guid.NewGuid();

        var body = await BodyReading.ReadAsync<RegisterGroupBody>(
            $$"""{ "mode": "best_effort", "ifFull": "reject", "members": [{ "userId": "{{userId}}", "guestCount": 2 }, { "userId": "{{Guid.NewGuid()}}" }] }""");

        Assert.False(body.Message.AllOrNothing);
        Assert.True(body.Message.RejectIfFull);
        Assert.Equal((userId, 2), (body.Message.Members[0].UserId, body.Message.Members[0].GuestCount));
        Assert.Equal(0, body.Message.Members[1].GuestCount);
    }

    [Theory]
    [InlineData("""{ "members": [{ "userId": "0198a000-0000-7000-8000-000000000001" }] }""", "mode")]
    [InlineData("""{ "mode": "best_effort" }""", "members")]
    [InlineData("""{ "mode": "best_effort", "members": [] }""", "members")]
    [InlineData("""{ "mode": "best_effort", "members": null }""", "members")]
    [InlineData("""{ "mode": "best_effort", "members": [[]] }""", "members[0]")]
    [InlineData("""{ "mode": "best_effort", "members": [{}] }""", "members[0].userId")]
    [InlineData("""{ "mode": "best_effort", "members": [{ "userId": "0198a000-0000-7000-8000-000000000001", "guestCount": 100 }] }""", "members[0].guestCount")]
    [InlineData("""{ "mode": "best_effort", "members": [{ "userId": "0198a000-0000-7000-8000-000000000001", "userId": "0198a000-0000-7000-8000-000000000001" }] }""", "members[0].userId")]
    public async Task What_is_wrong_with_a_group_is_said_by_field(string json, string field) =>
        Assert.Equal([field], (await BodyReading.RefusalAsync<RegisterGroupBody>(json)).Keys);

    [Fact]
    public async Task No_group_has_more_than_200_members()
    {
        static string Body(int count) =>
            $$"""{ "mode": "best_effort", "members": [{{string.Join(',', Enumerable.Range(0, count).Select(_ => $$"""{ "userId": "{{Guid.NewGuid()}}" }"""))}}] }""";

        Assert.Equal(200, (await BodyReading.ReadAsync<RegisterGroupBody>(Body(200))).Message.Members.Count);
        Assert.Equal(["members"], (await BodyReading.RefusalAsync<RegisterGroupBody>(Body(201))).Keys);
    }
}
