using System.Net;
using Rsvp.Cli.Storm;
using Rsvp.Client;

namespace Rsvp.Cli.Tests.Storm;

public sealed class AnswerTests
{
    private static readonly Guid Request = new("0190a1b2-0000-7000-8000-000000000001");

    [Theory]
    [InlineData("confirmed", "Confirmed")]
    [InlineData("waitlisted", "Waitlisted")]
    [InlineData("cancelled", "Cancelled")]
    public void An_outcome_is_what_became_of_the_place(string status, string kind)
    {
        var place = new Place { Id = Guid.NewGuid(), ActivityId = Guid.NewGuid(), UserId = Guid.NewGuid(), Status = status, Version = 1 };

        var answer = Answer.From(new Outcome { RequestId = Request, Rsvp = place });

        Assert.Equal((kind, Request, null), (answer.Kind.ToString(), answer.RequestId, answer.Code));
    }

    [Theory]
    [InlineData("activity_full", "Refused")]
    [InlineData("failed", "Error")]
    public void What_the_rules_refuse_is_no_error_and_a_defect_is_one(string code, string kind)
    {
        var answer = Answer.From(new Outcome { RequestId = Request, Problem = new Problem { Code = code } });

        Assert.Equal((kind, Request, code), (answer.Kind.ToString(), answer.RequestId, answer.Code));
    }

    [Fact]
    public void Who_got_no_answer_at_all_does_not_know()
    {
        var refused = Answer.From(new RsvpException(new Problem { Code = "overloaded" }, HttpStatusCode.ServiceUnavailable), Guid.Empty);
        var silent = Answer.From(new RsvpException("The API cannot be reached."), Guid.Empty);

        Assert.Equal((AnswerKind.Error, "overloaded"), (refused.Kind, refused.Code));
        Assert.Equal(AnswerKind.None, silent.Kind);
    }

    [Fact]
    public void Whoever_gives_up_what_was_accepted_still_names_it()
    {
        var refused = Answer.From(new RsvpException(new Problem { Code = "overloaded" }, HttpStatusCode.ServiceUnavailable), Request);
        var silent = Answer.From(new RsvpException("The API cannot be reached."), Request);
        var ended = Answer.Undecided(Request);

        Assert.Equal(new Answer(AnswerKind.Error, Request, "overloaded"), refused);
        Assert.Equal(new Answer(AnswerKind.Pending, Request, null), silent);
        Assert.Equal(silent, ended);
    }
}
