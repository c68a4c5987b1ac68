using Rsvp.Cli.Soak;

namespace Rsvp.Cli.Tests.Soak;

public sealed class JournalCheckTests
{
    private static readonly Guid User = Guid.NewGuid();
    private static readonly Guid Request = Guid.NewGuid();
    private static readonly SeenRsvp Confirmed = new(Guid.NewGuid(), "confirmed", 1, 1);

    [Fact]
    public void A_journal_that_agrees_with_what_is_stored_has_no_findings()
    {
        JournalEntry[] journal = [Asked(Pending(Request), Completed(Request, Confirmed)), Asked(Later(), Rejected(Other, "rsvp_not_found"))];

        var findings = JournalCheck.Compare(journal, [Stored(Request, Confirmed), new StoredOutcome(Other, User, "rejected", "rsvp_not_found", null, 0)]);

        Assert.Empty(findings.All);
    }

    [Fact]
    public void An_accepted_request_without_an_outcome_is_lost()
    {
        var findings = JournalCheck.Compare([Asked(Pending(Request))], []);

        Assert.Single(findings.Lost);
        Assert.Single(findings.All);
    }

    [Fact]
    public void A_decided_request_without_an_outcome_is_lost()
    {
        var findings = JournalCheck.Compare([Asked(Completed(Request, Confirmed))], []);

        Assert.Single(findings.Lost);
    }

    [Theory]
    [InlineData("waitlisted", 1, 1)]
    [InlineData("confirmed", 2, 1)]
    [InlineData("confirmed", 1, 2)]
    public void An_RSVP_that_is_stored_otherwise_than_it_was_told_is_changed(string status, int guestCount, long version)
    {
        var findings = JournalCheck.Compare(
            [Asked(Completed(Request, Confirmed))], [Stored(Request, new SeenRsvp(Confirmed.Id, status, guestCount, version))]);

        Assert.Single(findings.Changed);
        Assert.Single(findings.All);
    }

    [Fact]
    public void A_refusal_that_is_stored_as_a_success_or_as_another_refusal_is_changed()
    {
        JournalEntry[] journal = [Asked(Rejected(Request, "rsvp_not_found")), Asked(Rejected(Other, "rsvp_not_found"))];

        var findings = JournalCheck.Compare(journal, [Stored(Request, Confirmed), new StoredOutcome(Other, User, "rejected", "not_enough_capacity", null, 1)]);

        Assert.Equal(2, findings.Changed.Count);
    }

    [Fact]
    public void A_repeat_that_is_answered_otherwise_is_changed()
    {
        var findings = JournalCheck.Compare([Asked(Completed(Request, Confirmed), Rejected(Request, "already_registered"))], [Stored(Request, Confirmed)]);

        Assert.Single(findings.Changed);
    }

    [Fact]
    public void One_key_with_two_requests_is_doubled()
    {
        var findings = JournalCheck.Compare([Asked(Pending(Request), Pending(Other))], [Stored(Request, Confirmed), Stored(Other, Confirmed)]);

        Assert.Single(findings.Doubled);
    }

    [Fact]
    public void Two_outcomes_of_one_request_are_doubled()
    {
        var findings = JournalCheck.Compare([Asked(Pending(Request))], [Stored(Request, Confirmed), Stored(Request, Confirmed)]);

        Assert.Single(findings.Doubled);
    }

    [Fact]
    public void A_request_that_was_applied_twice_is_doubled()
    {
        var findings = JournalCheck.Compare([Asked(Pending(Request))], [Stored(Request, Confirmed) with { DecisionCount = 2 }]);

        Assert.Single(findings.Doubled);
    }

    [Fact]
    public void An_outcome_that_no_answer_named_is_doubled()
    {
        var findings = JournalCheck.Compare([Asked(Pending(Request))], [Stored(Request, Confirmed), Stored(Other, Confirmed)]);

        Assert.Single(findings.Doubled);
    }

    [Fact]
    public void A_request_that_was_never_accepted_is_unanswered_and_may_have_an_outcome_that_no_answer_named()
    {
        var findings = JournalCheck.Compare([Asked(Later())], [Stored(Request, Confirmed)]);

        Assert.Single(findings.Unanswered);
        Assert.Single(findings.All);
    }

    [Fact]
    public void Answers_that_tell_of_a_defect_are_strange()
    {
        JournalEntry[] journal = [Asked(new SeenAnswer(500, null, null, "internal_error", null), Completed(Request, Confirmed)), Asked(Rejected(Other, "failed"))];

        var findings = JournalCheck.Compare(journal, [Stored(Request, Confirmed), new StoredOutcome(Other, User, "rejected", "failed", null, 0)]);

        Assert.Equal(2, findings.Strange.Count);
    }

    private static Guid Other { get; } = Guid.NewGuid();

    private static JournalEntry Asked(params SeenAnswer[] answers)
    {
        var entry = new JournalEntry { UserId = User, Key = "key", What = "POST /rsvp", SendCount = answers.Length };
        foreach (var answer in answers)
        {
            entry.Add(answer);
        }

        return entry;
    }

    private static SeenAnswer Pending(Guid request) => new(202, request, null, null, null);

    private static SeenAnswer Completed(Guid request, SeenRsvp rsvp) => new(201, request, "completed", null, rsvp);

    private static SeenAnswer Rejected(Guid request, string code) => new(409, request, "rejected", code, null);

    private static SeenAnswer Later() => new(503, null, null, "overloaded", null);

    private static StoredOutcome Stored(Guid request, SeenRsvp rsvp) => new(request, User, "completed", null, rsvp, 1);
}
