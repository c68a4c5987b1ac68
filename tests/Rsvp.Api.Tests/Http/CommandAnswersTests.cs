using Rsvp.Api.Tests.Submitting;
using Rsvp.Contracts;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Http;

public sealed class CommandAnswersTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private readonly Guid _user = Guid.NewGuid();
    private readonly Guid _activity = ApiWorld.ActivityId();

    private string Token => ApiWorld.Token(_user, "Ann");

    private string Path => $"/api/activities/{_activity}/rsvp";

    [Fact]
    public async Task Without_a_wait_the_answer_is_202_with_the_request_and_where_to_look()
    {
        var answer = await world.SendAsync(HttpMethod.Post, Path, Token, "{}");

        Assert.Equal(202, answer.Status);
        Assert.Equal($"/api/requests/{answer.Text("requestId")}", answer.Headers["Location"]);
        Assert.Equal(["requestId", "status"], answer.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal("pending", answer.Text("status"));
        Assert.DoesNotContain("Preference-Applied", answer.Headers.Keys);
    }

    [Fact]
    public async Task A_command_carries_what_the_client_said()
    {
        var answer = await world.SendAsync(HttpMethod.Put, Path, Token, """{"guestCount":3,"specialRequirements":null}""", ("If-Match", "\"7\""), ("Idempotency-Key", "k"));

        var command = await ArrivedAsync(answer);
        Assert.Equal((CommandNames.UpdateRsvp, _activity, 7L), (command.Name, command.ActivityId, command.IfMatch!.Version));
        Assert.Equal((_user, "Ann", null, false), (command.Caller.UserId, command.Caller.Name, command.Caller.Email, command.Caller.IsAdmin));
        Assert.Equal((3, true, null), (command.UpdateRsvp!.GuestCount, command.UpdateRsvp.SetsSpecialRequirements, command.UpdateRsvp.SpecialRequirements));
        Assert.NotNull(command.KeyId);
        Assert.Equal([command.UpdateRsvp], Bodies(command));
    }

    [Fact]
    public async Task A_submit_needs_no_body()
    {
        var command = await ArrivedAsync(await world.SendAsync(HttpMethod.Post, Path, Token));

        Assert.Equal(new SubmitRsvp(), command.SubmitRsvp);
        Assert.Null(command.KeyId);
        Assert.Equal([command.SubmitRsvp], Bodies(command));
    }

    [Fact]
    public async Task A_cancel_carries_its_reason_and_any_precondition()
    {
        var command = await ArrivedAsync(await world.SendAsync(HttpMethod.Delete, Path + "?reason=ill%20today", Token, null, ("If-Match", "*")));

        Assert.Equal("ill today", command.CancelRsvp!.Reason);
        Assert.Equal(new IfMatch(), command.IfMatch);
    }

    [Fact]
    public async Task A_new_rsvp_is_201_with_its_place_and_version()
    {
        var answer = await DecidedAsync(HttpMethod.Post, "{}", command => FakePartition.Complete(command) with { Created = true, Rsvp = Rsvp(command, version: 4) });

        Assert.Equal(201, answer.Status);
        var rsvp = answer.Json.GetProperty("rsvp");
        Assert.Equal($"/api/rsvps/{rsvp.GetProperty("id")}", answer.Headers["Location"]);
        Assert.Equal("\"4\"", answer.Headers["ETag"]);
        Assert.Equal("wait=10", answer.Headers["Preference-Applied"]);
        Assert.Equal("completed", answer.Text("status"));
        Assert.Equal(
            ["requestId", "command", "status", "activityId", "submittedAt", "completedAt", "rsvp"],
            answer.Json.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            ["id", "activityId", "userId", "status", "guestCount", "partySize", "specialRequirements", "waitlistPosition", "offerExpiresAt", "groupId", "checkedIn", "checkInTime", "createdAt", "updatedAt", "version"],
            rsvp.EnumerateObject().Select(member => member.Name));
        Assert.EndsWith("Z", answer.Text("completedAt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_success_is_200()
    {
        var answer = await DecidedAsync(HttpMethod.Put, "{}", command => FakePartition.Complete(command) with { Rsvp = Rsvp(command, version: 5) });

        Assert.Equal(200, answer.Status);
        Assert.Equal("\"5\"", answer.Headers["ETag"]);
        Assert.DoesNotContain("Location", answer.Headers.Keys);
    }

    [Theory]
    [InlineData("activity_full", 409)]
    [InlineData("version_mismatch", 412)]
    [InlineData("party_too_large", 422)]
    [InlineData("activity_not_found", 404)]
    [InlineData("user_deleted", 403)]
    [InlineData("failed", 500)]
    [InlineData("some_code_of_a_later_worker", 500)]
    public async Task A_refusal_is_a_problem_with_the_status_of_its_code(string code, int status)
    {
        var answer = await DecidedAsync(HttpMethod.Post, "{}", command => FakePartition.Complete(command) with { Problem = new ProblemDocument { Code = code, Detail = "Because." } });

        Assert.Equal(status, answer.Status);
        Assert.Equal("application/problem+json", answer.Headers["Content-Type"]);
        Assert.Equal((code, "Because.", $"{status}"), (answer.Code, answer.Text("detail"), answer.Text("status")));
        Assert.Equal("wait=10", answer.Headers["Preference-Applied"]);
        Assert.NotNull(answer.Text("requestId"));
        Assert.NotNull(answer.Text("traceId"));
        Assert.NotNull(answer.Text("title"));
    }

    [Fact]
    public async Task A_refusal_with_context_shows_the_present_state()
    {
        var at = new DateTimeOffset(2030, 1, 31, 18, 0, 0, TimeSpan.Zero);
        var by = Guid.NewGuid();
        var answer = await DecidedAsync(HttpMethod.Post, "{}", command => FakePartition.Complete(command) with
        {
            Problem = new ProblemDocument { Code = "already_checked_in", Rsvp = Rsvp(command, version: 2), CheckedInAt = at, CheckedInBy = by },
        });

        Assert.Equal(2, answer.Json.GetProperty("rsvp").GetProperty("version").GetInt64());
        Assert.Equal(("2030-01-31T18:00:00Z", by.ToString()), (answer.Text("checkedInAt"), answer.Text("checkedInBy")));
    }

    [Fact]
    public async Task When_the_outcome_is_late_the_answer_is_202_after_all()
    {
        var answer = await world.SendAsync(HttpMethod.Post, Path, Token, "{}", ("Prefer", "wait=1"));

        Assert.Equal(202, answer.Status);
        Assert.DoesNotContain("Preference-Applied", answer.Headers.Keys);
    }

    [Fact]
    public async Task The_same_key_and_body_are_the_same_request_and_another_body_is_its_own_under_the_same_key()
    {
        var first = await ArrivedAsync(await world.SendAsync(HttpMethod.Post, Path, Token, "{}", ("Idempotency-Key", "k")));
        var again = await world.SendAsync(HttpMethod.Post, Path.ToUpperInvariant().Replace("/API/", "/api/", StringComparison.Ordinal), Token, "{}", ("Idempotency-Key", "k"));
        var other = await ArrivedAsync(await world.SendAsync(HttpMethod.Post, Path, Token, """{"guestCount":1}""", ("Idempotency-Key", "k")));
        var method = await ArrivedAsync(await world.SendAsync(HttpMethod.Put, Path, Token, "{}", ("Idempotency-Key", "k")));
        var person = await ArrivedAsync(await world.SendAsync(HttpMethod.Post, Path, ApiWorld.Token(Guid.NewGuid()), "{}", ("Idempotency-Key", "k")));

        Assert.Equal(first.RequestId.ToString(), again.Text("requestId"));
        Assert.Equal(first.KeyId, other.KeyId);
        Assert.Equal(4, new[] { first.RequestId, other.RequestId, method.RequestId, person.RequestId }.Distinct().Count());
        Assert.Equal(3, new[] { first.KeyId, method.KeyId, person.KeyId }.Distinct().Count());
    }

    [Fact]
    public async Task A_new_activity_has_its_id_in_the_202_and_a_repeat_names_the_same_one()
    {
        const string Body = """{"title":"T","startsAt":"2999-01-01T00:00:00Z","capacity":5}""";

        var first = await world.SendAsync(HttpMethod.Post, "/api/activities", Token, Body, ("Idempotency-Key", "new"));
        var again = await world.SendAsync(HttpMethod.Post, "/api/activities", Token, Body, ("Idempotency-Key", "new"));
        var other = await world.SendAsync(HttpMethod.Post, "/api/activities", Token, Body);

        // Half of the activities belong to the partition that nobody reads.
        foreach (var answer in new[] { first, again, other }.Where(answer => answer.Status != 503))
        {
            Assert.Equal(202, answer.Status);
            Assert.True(Guid.TryParse(answer.Text("activityId"), out _));
        }

        Assert.Equal(first.Text("activityId"), again.Text("activityId"));
    }

    [Fact]
    public async Task A_partition_that_nobody_reads_is_503_unavailable()
    {
        var answer = await world.SendAsync(HttpMethod.Post, $"/api/activities/{ApiWorld.ActivityId(isOwned: false)}/rsvp", Token, "{}", ("Prefer", "wait=5"));

        Assert.Equal((503, "unavailable"), (answer.Status, answer.Code));
        Assert.Equal("1", answer.Headers["Retry-After"]);
    }

    [Theory]
    [InlineData("Idempotency-Key", "tab\there")]
    [InlineData("If-Match", "W/\"1\"")]
    public async Task A_bad_header_is_400_and_named(string name, string value)
    {
        var answer = await world.SendAsync(HttpMethod.Put, Path, Token, "{}", (name, value));

        Assert.Equal((400, "invalid_request"), (answer.Status, answer.Code));
        Assert.True(answer.Json.GetProperty("errors").TryGetProperty(name, out _));
    }

    private static RsvpDocument Rsvp(Command command, long version) => new()
    {
        Id = Guid.NewGuid(),
        ActivityId = command.ActivityId,
        UserId = command.Caller.UserId,
        Status = "confirmed",
        GuestCount = 0,
        PartySize = 1,
        CreatedAt = command.SubmittedAt,
        UpdatedAt = command.SubmittedAt,
        Version = version,
    };

    private static IEnumerable<object> Bodies(Command command) =>
        new object?[] { command.SubmitRsvp, command.UpdateRsvp, command.CancelRsvp, command.CreateActivity, command.UpdateActivity }.OfType<object>();

    private async Task<Command> ArrivedAsync(Answer accepted)
    {
        Assert.Equal(202, accepted.Status);
        var requestId = Guid.Parse(accepted.Text("requestId")!);
        return await Eventually.ReturnsAsync(
            () => Task.FromResult(world.Partition.Batches.SelectMany(batch => batch.Commands).FirstOrDefault(command => command.RequestId == requestId)),
            "the command arrives");
    }

    // Answers the batch with this test's command; others in it are decided the same way and nobody minds.
    private async Task<Answer> DecidedAsync(HttpMethod method, string body, Func<Command, CommandOutcome> decides)
    {
        var answer = world.SendAsync(method, Path, Token, body, ("Prefer", "wait=10"));
        var batch = await Eventually.ReturnsAsync(
            () => Task.FromResult(world.Partition.Batches.FirstOrDefault(batch => batch.Commands.Any(command => command.ActivityId == _activity))),
            "the command arrives");
        await world.Partition.AnswerAsync(batch, decides);
        return await Eventually.EndsAsync(answer, "the outcome is answered");
    }
}
