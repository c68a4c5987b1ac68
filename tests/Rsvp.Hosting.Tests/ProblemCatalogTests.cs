using System.Reflection;
using System.Text.RegularExpressions;
using Rsvp.Hosting.Problems;

namespace Rsvp.Hosting.Tests;

public sealed partial class ProblemCatalogTests
{
    private static IEnumerable<string> Codes => typeof(ProblemCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(constant => (string)constant.GetRawConstantValue()!);

    [Fact]
    public void Every_code_has_a_kind_and_every_kind_a_code()
    {
        Assert.Equal(Codes.Order(StringComparer.Ordinal), ProblemCatalog.All.Select(kind => kind.Code).Order(StringComparer.Ordinal));
        Assert.All(Codes, code => Assert.Equal(code, ProblemCatalog.Find(code).Code));
    }

    [Fact]
    public void Codes_are_snake_case_statuses_are_errors_and_titles_are_sentences()
    {
        Assert.All(ProblemCatalog.All, kind =>
        {
            Assert.Matches(SnakeCase(), kind.Code);
            Assert.InRange(kind.Status, 400, 599);
            Assert.EndsWith(".", kind.Title, StringComparison.Ordinal);
        });
    }

    // The table of the contract.
    [Theory]
    [InlineData("activity_not_found", 404)]
    [InlineData("rsvp_not_found", 404)]
    [InlineData("not_host", 403)]
    [InlineData("user_deleted", 403)]
    [InlineData("already_registered", 409)]
    [InlineData("registration_not_open", 409)]
    [InlineData("registration_closed", 409)]
    [InlineData("activity_cancelled", 409)]
    [InlineData("activity_full", 409)]
    [InlineData("waitlist_full", 409)]
    [InlineData("not_enough_capacity", 409)]
    [InlineData("party_too_large", 422)]
    [InlineData("capacity_below_taken", 409)]
    [InlineData("version_mismatch", 412)]
    [InlineData("idempotency_key_reused", 422)]
    [InlineData("expired", 409)]
    [InlineData("failed", 500)]
    [InlineData("outcome_unknown", 503)]
    [InlineData("overloaded", 503)]
    [InlineData("unavailable", 503)]
    public void A_code_answers_with_the_status_of_the_contract(string code, int status) => Assert.Equal(status, ProblemCatalog.Find(code).Status);

    [Fact]
    public void A_code_of_a_later_build_is_an_internal_error_that_keeps_its_code()
    {
        var kind = ProblemCatalog.Find("from_the_future");

        Assert.Equal(("from_the_future", 500), (kind.Code, kind.Status));
    }

    [GeneratedRegex("^[a-z]+(_[a-z]+)*$")]
    private static partial Regex SnakeCase();
}
