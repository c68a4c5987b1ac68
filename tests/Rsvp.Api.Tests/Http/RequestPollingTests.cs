using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Rsvp.Api.Requests;
using Rsvp.Api.Tests.Submitting;
using Rsvp.Contracts;
using Rsvp.Hosting.Json;
using Rsvp.Testing;

namespace Rsvp.Api.Tests.Http;

public sealed class RequestPollingTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private readonly Guid _user = Guid.NewGuid();

    private RequestIds Ids => world.Services.GetRequiredService<RequestIds>();

    private string Token => ApiWorld.Token(_user);

    [Fact]
    public async Task A_request_without_an_outcome_is_pending()
    {
        var requestId = Ids.Issue(_user);

        var answer = await GetAsync(requestId);

        Assert.Equal(200, answer.Status);
        Assert.Equal((requestId.ToString(), "pending"), (answer.Text("requestId"), answer.Text("status")));
        Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("rsvp").ValueKind);
        Assert.False(answer.Json.TryGetProperty("problem", out _));
        Assert.NotNull(answer.Text("submittedAt"));
    }

    [Fact]
    public async Task A_decided_request_shows_its_outcome()
    {
        var outcome = await StoreAsync(Outcome(Ids.Issue(_user)) with { Problem = new ProblemDocument { Code = "registration_closed", Detail = "An hour ago." } });

        var answer = await GetAsync(outcome.RequestId);

        Assert.Equal("rejected", answer.Text("status"));
        var problem = answer.Json.GetProperty("problem");
        Assert.Equal(("registration_closed", "An hour ago."), (problem.GetProperty("code").GetString(), problem.GetProperty("detail").GetString()));
        Assert.Equal("Registration is closed.", problem.GetProperty("title").GetString());
    }

    [Fact]
    public async Task Anothers_request_does_not_exist()
    {
        var outcome = await StoreAsync(Outcome(Ids.Issue(_user)));

        Assert.Equal((404, "request_not_found"), await StatusAsync(outcome.RequestId, ApiWorld.Token(Guid.NewGuid())));
        Assert.Equal((404, "request_not_found"), await StatusAsync(outcome.RequestId, ApiWorld.Token(Guid.NewGuid(), role: "admin")));
    }

    [Fact]
    public async Task A_row_of_another_user_is_not_shown_even_if_the_id_were_guessed()
    {
        var outcome = await StoreAsync(Outcome(Ids.Issue(_user)) with { UserId = Guid.NewGuid() });

        Assert.Equal("pending", (await GetAsync(outcome.RequestId)).Text("status"));
    }

    [Fact]
    public async Task An_id_that_was_never_issued_does_not_exist() =>
        Assert.Equal((404, "request_not_found"), await StatusAsync(Guid.NewGuid(), Token));

    [Fact]
    public async Task An_old_id_without_an_outcome_does_not_exist_any_more()
    {
        var longAgo = new FakeTimeProvider(TimeProvider.System.GetUtcNow() - RequestIds.Retention - TimeSpan.FromMinutes(1));
        var ids = new RequestIds(world.Services.GetRequiredService<IOptions<RequestIdOptions>>(), longAgo);

        Assert.Equal((404, "request_not_found"), await StatusAsync(ids.Issue(_user), Token));
        var kept = await StoreAsync(Outcome(ids.Issue(_user)));
        Assert.Equal("completed", (await GetAsync(kept.RequestId)).Text("status"));
    }

    [Fact]
    public async Task A_long_poll_ends_when_the_outcome_comes_to_this_instance()
    {
        var accepted = await world.SendAsync(HttpMethod.Post, $"/api/activities/{ApiWorld.ActivityId()}/rsvp", Token, "{}");
        var requestId = Guid.Parse(accepted.Text("requestId")!);
        var poll = world.SendAsync(HttpMethod.Get, accepted.Headers["Location"], Token, null, ("Prefer", "wait=30"));
        var batch = await Eventually.ReturnsAsync(
            () => Task.FromResult(world.Partition.Batches.FirstOrDefault(batch => batch.Commands.Any(command => command.RequestId == requestId))),
            "the command arrives");
        var waiters = world.Services.GetRequiredService<OutcomeWaiters>();
        await Eventually.HoldsAsync(() => waiters.Count > 0, "the poll waits");

        await world.Partition.AnswerAsync(batch, FakePartition.Complete);

        var answer = await Eventually.EndsAsync(poll, "the poll is answered");
        Assert.Equal((200, "completed", "wait=30"), (answer.Status, answer.Text("status"), answer.Headers["Preference-Applied"]));
    }

    [Fact]
    public async Task A_long_poll_ends_when_the_outcome_is_stored_by_whomever()
    {
        var requestId = Ids.Issue(_user);
        var poll = world.SendAsync(HttpMethod.Get, $"/api/requests/{requestId}", Token, null, ("Prefer", "wait=30"));
        var waiters = world.Services.GetRequiredService<OutcomeWaiters>();
        await Eventually.HoldsAsync(() => waiters.Count > 0, "the poll waits");

        await StoreAsync(Outcome(requestId));

        Assert.Equal("completed", (await Eventually.EndsAsync(poll, "the poll is answered")).Text("status"));
    }

    [Fact]
    public async Task A_long_poll_without_an_outcome_is_pending_in_the_end()
    {
        var answer = await world.SendAsync(HttpMethod.Get, $"/api/requests/{Ids.Issue(_user)}", Token, null, ("Prefer", "wait=1"));

        Assert.Equal((200, "pending"), (answer.Status, answer.Text("status")));
        Assert.DoesNotContain("Preference-Applied", answer.Headers.Keys);
    }

    private static CommandOutcome Outcome(Guid requestId) => new()
    {
        RequestId = requestId,
        Command = CommandNames.SubmitRsvp,
        UserId = Guid.Empty,
        ActivityId = Guid.NewGuid(),
        SubmittedAt = DateTimeOffset.UnixEpoch,
        CompletedAt = DateTimeOffset.UnixEpoch,
    };

    private Task<Answer> GetAsync(Guid requestId) => world.SendAsync(HttpMethod.Get, $"/api/requests/{requestId}", Token);

    private async Task<(int Status, string? Code)> StatusAsync(Guid requestId, string token)
    {
        var answer = await world.SendAsync(HttpMethod.Get, $"/api/requests/{requestId}", token);
        return (answer.Status, answer.Code);
    }

    private async Task<CommandOutcome> StoreAsync(CommandOutcome outcome)
    {
        var stored = outcome.UserId == Guid.Empty ? outcome with { UserId = _user } : outcome;
        await world.Database.ExecuteAsync(
            """
            INSERT INTO rsvp_requests (request_id, user_id, activity_id, command, status, code, outcome, submitted_at, completed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7::json, now(), now())
            """,
            stored.RequestId,
            stored.UserId,
            stored.ActivityId,
            stored.Command,
            stored.Problem is null ? "completed" : "rejected",
            stored.Problem?.Code,
            JsonSerializer.Serialize(stored, ContractJson.Default.CommandOutcome));
        return stored;
    }
}
