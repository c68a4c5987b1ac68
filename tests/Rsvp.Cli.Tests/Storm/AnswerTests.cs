using System.Text;
using Rsvp.Cli.Storm;

namespace Rsvp.Cli.Tests.Storm;

public sealed class AnswerTests
{
    private const string Id = "0190a1b2-0000-7000-8000-000000000001";

    [Theory]
    [InlineData(201, """{"requestId":"ID","command":"submit_rsvp","status":"completed","rsvp":{"id":"x","status":"confirmed","waitlistPosition":null}}""", "Confirmed", 0, null)]
    [InlineData(201, """{"requestId":"ID","command":"submit_rsvp","status":"completed","rsvp":{"id":"x","status":"waitlisted","waitlistPosition":17}}""", "Waitlisted", 17, null)]
    [InlineData(200, """{ "requestId": "ID", "status": "completed", "rsvp": { "status": "confirmed" } }""", "Confirmed", 0, null)]
    [InlineData(202, """{"requestId":"ID","status":"pending"}""", "Pending", 0, null)]
    [InlineData(200, """{"requestId":"ID","status":"pending","rsvp":null}""", "Pending", 0, null)]
    [InlineData(200, """{"requestId":"ID","status":"rejected","rsvp":null,"problem":{"code":"activity_full"}}""", "Refused", 0, "activity_full")]
    [InlineData(409, """{"type":"about:blank","code":"already_registered","requestId":"ID"}""", "Refused", 0, "already_registered")]
    [InlineData(503, """{"code":"overloaded"}""", "Error", 0, "overloaded")]
    [InlineData(502, "<html>", "Error", 0, "http_502")]
    public void A_response_says_how_the_request_ended(int statusCode, string body, string kind, int position, string? code)
    {
        var answer = Answer.Read(statusCode, Encoding.UTF8.GetBytes(body.Replace("ID", Id, StringComparison.Ordinal)));

        Assert.Equal(kind, answer.Kind.ToString());
        Assert.Equal(position, answer.Position);
        Assert.Equal(code, answer.Code);
    }

    [Fact]
    public void The_request_is_remembered_so_that_it_can_be_asked_for()
    {
        var answer = Answer.Read(202, Encoding.UTF8.GetBytes($$"""{"requestId":"{{Id}}","status":"pending"}"""));

        Assert.Equal(Guid.Parse(Id), answer.RequestId);
    }

    [Theory]
    [InlineData("1", 1, 1)]
    [InlineData("1-4", 1, 4)]
    public void Party_sizes_are_a_number_or_a_range(string text, int min, int max) => Assert.Equal((min, max), StormOptions.ParseParty(text));

    [Theory]
    [InlineData("0")]
    [InlineData("4-1")]
    [InlineData("many")]
    public void Other_party_sizes_are_refused(string text) => Assert.Throws<ToolException>(() => StormOptions.ParseParty(text));

    [Theory]
    [InlineData("100ms", 100)]
    [InlineData("1.5s", 1500)]
    [InlineData("60s", 60_000)]
    public void Times_are_a_number_and_a_unit(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), StormOptions.ParseInterval(text));

    [Theory]
    [InlineData("100")]
    [InlineData("0ms")]
    [InlineData("-5ms")]
    [InlineData("1h")]
    [InlineData("61s")]
    [InlineData("ms")]
    public void Other_times_are_refused(string text) => Assert.Throws<ToolException>(() => StormOptions.ParseInterval(text));
}
