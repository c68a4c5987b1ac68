using System.Text;
using Rsvp.Bench.Load;

namespace Rsvp.Cli.Tests.Bench;

public sealed class AnswerReaderTests
{
    private const string Id = "0190a1b2-0000-7000-8000-000000000001";

    [Theory]
    [InlineData(201, """{"requestId":"ID","command":"submit_rsvp","status":"completed","rsvp":{"id":"x","status":"confirmed","waitlistPosition":null}}""", "Confirmed", null)]
    [InlineData(201, """{"requestId":"ID","command":"submit_rsvp","status":"completed","rsvp":{"id":"x","status":"waitlisted","waitlistPosition":17}}""", "Waitlisted", null)]
    [InlineData(200, """{ "requestId": "ID", "status": "completed", "rsvp": { "status": "confirmed" } }""", "Confirmed", null)]
    [InlineData(202, """{"requestId":"ID","status":"pending"}""", "Pending", null)]
    [InlineData(200, """{"requestId":"ID","status":"pending","rsvp":null}""", "Pending", null)]
    [InlineData(200, """{"requestId":"ID","status":"rejected","rsvp":null,"problem":{"code":"activity_full"}}""", "Refused", "activity_full")]
    [InlineData(409, """{"type":"about:blank","code":"already_registered","requestId":"ID"}""", "Refused", "already_registered")]
    [InlineData(503, """{"code":"overloaded"}""", "Error", "overloaded")]
    [InlineData(502, "<html>", "Error", "http_502")]
    public void A_response_says_how_the_request_ended(int statusCode, string body, string kind, string? code)
    {
        var answer = AnswerReader.Read(statusCode, Encoding.UTF8.GetBytes(body.Replace("ID", Id, StringComparison.Ordinal)));

        Assert.Equal(kind, answer.Kind.ToString());
        Assert.Equal(code, answer.Code);
    }

    [Fact]
    public void The_request_is_remembered_so_that_it_can_be_asked_for()
    {
        var answer = AnswerReader.Read(202, Encoding.UTF8.GetBytes($$"""{"requestId":"{{Id}}","status":"pending"}"""));

        Assert.Equal(Guid.Parse(Id), answer.RequestId);
    }
}
