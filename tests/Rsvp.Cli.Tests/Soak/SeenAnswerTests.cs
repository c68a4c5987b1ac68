using Rsvp.Cli.Soak;

namespace Rsvp.Cli.Tests.Soak;

public sealed class SeenAnswerTests
{
    private const string Id = "0190a1b2-0000-7000-8000-000000000001";

    [Theory]
    [InlineData(202, """{"requestId":"ID","status":"pending"}""", true, null, null)]
    [InlineData(200, """{"requestId":"ID","command":null,"status":"pending","rsvp":null}""", true, null, null)]
    [InlineData(201, """{"requestId":"ID","status":"completed","rsvp":{"id":"ID","status":"waitlisted","guestCount":2,"version":5}}""", true, "completed", null)]
    [InlineData(200, """{"requestId":"ID","status":"completed","rsvp":null,"activity":{}}""", true, "completed", null)]
    [InlineData(200, """{"requestId":"ID","status":"rejected","rsvp":null,"problem":{"code":"rsvp_not_found"}}""", true, "rejected", "rsvp_not_found")]
    [InlineData(409, """{"status":409,"code":"already_registered","requestId":"ID","rsvp":{"id":"ID","status":"confirmed","guestCount":0,"version":1}}""", true, "rejected", "already_registered")]
    [InlineData(500, """{"status":500,"code":"failed","requestId":"ID"}""", true, "rejected", "failed")]
    [InlineData(503, """{"status":503,"code":"outcome_unknown","requestId":"ID"}""", false, null, "outcome_unknown")]
    [InlineData(503, """{"status":503,"code":"overloaded"}""", false, null, "overloaded")]
    [InlineData(500, """{"status":500,"code":"internal_error"}""", false, null, "internal_error")]
    [InlineData(502, "<html>", false, null, null)]
    public void A_response_says_whether_the_request_was_accepted_and_decided(int statusCode, string body, bool isAccepted, string? outcome, string? code)
    {
        var answer = SeenAnswer.Read(statusCode, body.Replace("ID", Id, StringComparison.Ordinal));

        Assert.Equal(isAccepted, answer.IsAccepted);
        Assert.Equal(outcome, answer.Outcome);
        Assert.Equal(code, answer.Code);
    }

    [Fact]
    public void The_RSVP_of_an_outcome_is_remembered()
    {
        var answer = SeenAnswer.Read(
            201, """{"requestId":"ID","status":"completed","rsvp":{"id":"ID","status":"waitlisted","guestCount":2,"waitlistPosition":9,"version":5}}""".Replace("ID", Id, StringComparison.Ordinal));

        Assert.Equal(new SeenRsvp(Guid.Parse(Id), "waitlisted", 2, 5), answer.Rsvp);
    }
}
