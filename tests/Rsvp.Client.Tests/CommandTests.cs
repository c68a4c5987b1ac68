using System.Net;
using System.Text.Json;
using Rsvp.Client.Requests;

namespace Rsvp.Client.Tests;

public sealed class CommandTests
{
    private const string RequestId = "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071";

    private const string Confirmed =
        $$"""
        { "requestId": "{{RequestId}}", "status": "completed", "activityId": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "new": 1,
          "rsvp": { "id": "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d", "activityId": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
                    "userId": "22222222-2222-4222-8222-222222222222", "status": "confirmed", "partySize": 2, "version": 1 } }
        """;

    private const string Pending = $$"""{ "requestId": "{{RequestId}}", "status": "pending" }""";

    private static readonly Guid ActivityId = new("3f2504e0-4f89-41d3-9a0c-0305e82c3301");

    [Fact]
    public async Task A_command_says_who_asks_what_under_which_key_and_how_long_it_waits()
    {
        var script = new Script(Script.Answer(HttpStatusCode.Created, Confirmed));

        var outcome = await Client(script).SubmitAsync(ActivityId, new SubmitOptions { GuestCount = 1 }, new CommandOptions { IdempotencyKey = "mine", IfVersion = 3 });

        Assert.Equal(("confirmed", 2, RequestId), (outcome.Rsvp!.Status, outcome.Rsvp.PartySize, outcome.RequestId.ToString()));
        Assert.False(outcome.IsRefused);
        Assert.Equal(
            new Asked("POST", $"/api/activities/{ActivityId}/rsvp", "mine", "wait=20", "\"3\"", "Bearer token", """{"guestCount":1,"specialRequirements":null,"ifFull":"waitlist"}"""),
            Assert.Single(script.Asked));
    }

    [Fact]
    public async Task What_passes_is_tried_again_as_the_same_request()
    {
        var script = new Script(
            Script.Lost(),
            Script.Answer(HttpStatusCode.ServiceUnavailable, """{ "code": "outcome_unknown", "requestId": "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071" }"""),
            Script.Answer(HttpStatusCode.TooManyRequests, """{ "code": "rate_limited" }""", TimeSpan.FromMilliseconds(1)),
            Script.Answer(HttpStatusCode.BadGateway, "<html>"),
            Script.Answer(HttpStatusCode.Created, Confirmed));

        var outcome = await Client(script).SubmitAsync(ActivityId);

        Assert.Equal("confirmed", outcome.Rsvp!.Status);
        Assert.Equal(5, script.Asked.Count);
        Assert.Single(script.Asked.Distinct());
        Assert.Equal(32, script.Asked[0].Key!.Length);
    }

    [Fact]
    public async Task Two_calls_are_two_requests()
    {
        var script = new Script(Script.Answer(HttpStatusCode.Created, Confirmed));
        var client = Client(script);

        await client.CancelAsync(ActivityId);
        await client.CancelAsync(ActivityId);

        Assert.NotEqual(script.Asked[0].Key, script.Asked[1].Key);
    }

    [Fact]
    public async Task What_does_not_pass_in_time_is_thrown()
    {
        var unavailable = new Script(Script.Answer(HttpStatusCode.ServiceUnavailable, """{ "code": "unavailable", "title": "A part of the system is away." }"""));
        var lost = new Script(Script.Lost());

        var refusal = await Assert.ThrowsAsync<RsvpException>(() => Client(unavailable, retryFor: TimeSpan.FromMilliseconds(30)).SubmitAsync(ActivityId));
        var failure = await Assert.ThrowsAsync<RsvpException>(() => Client(lost, retryFor: TimeSpan.FromMilliseconds(30)).SubmitAsync(ActivityId));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (refusal.Status, refusal.Problem.Code));
        Assert.IsType<HttpRequestException>(failure.InnerException);
    }

    [Fact]
    public async Task A_pause_that_the_answer_asks_for_is_not_cut_short()
    {
        var script = new Script(Script.Answer(HttpStatusCode.ServiceUnavailable, """{ "code": "overloaded" }""", TimeSpan.FromHours(1)));

        await Assert.ThrowsAsync<RsvpException>(() => Client(script).SubmitAsync(ActivityId));

        Assert.Single(script.Asked);
    }

    [Fact]
    public async Task What_the_rules_refuse_is_an_outcome()
    {
        var waited = new Script(Script.Answer(HttpStatusCode.Conflict, $$"""{ "code": "registration_closed", "title": "Registration is closed.", "requestId": "{{RequestId}}" }"""));
        var polled = new Script(
            Script.Answer(HttpStatusCode.Accepted, Pending),
            Script.Answer(HttpStatusCode.OK, $$"""{ "requestId": "{{RequestId}}", "status": "rejected", "problem": { "code": "registration_closed" } }"""));

        var first = await Client(waited).SubmitAsync(ActivityId);
        var second = await Client(polled).SubmitAsync(ActivityId);

        Assert.Equal(("registration_closed", "registration_closed"), (first.Problem!.Code, second.Problem!.Code));
        Assert.True(first.IsRefused && second.IsRefused);
        Assert.Equal(first.RequestId, second.RequestId);
        Assert.Single(waited.Asked);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, "unauthorized")]
    [InlineData(HttpStatusCode.Forbidden, "not_host")]
    [InlineData(HttpStatusCode.BadRequest, "invalid_request")]
    public async Task What_was_never_taken_is_thrown_at_once(HttpStatusCode status, string code)
    {
        var script = new Script(Script.Answer(status, $$"""{ "code": "{{code}}", "errors": { "guestCount": ["Must be less."] } }"""));

        var refusal = await Assert.ThrowsAsync<RsvpException>(() => Client(script).SubmitAsync(ActivityId));

        Assert.Equal((status, code), (refusal.Status, refusal.Problem.Code));
        Assert.Equal(["Must be less."], refusal.Problem.Errors!["guestCount"]);
        Assert.Single(script.Asked);
    }

    [Fact]
    public async Task A_slow_outcome_is_asked_for_until_it_is_there()
    {
        var script = new Script(
            Script.Answer(HttpStatusCode.Accepted, Pending), Script.Answer(HttpStatusCode.OK, Pending), Script.Lost(), Script.Answer(HttpStatusCode.OK, Confirmed));

        var outcome = await Client(script).SubmitAsync(ActivityId);

        Assert.Equal("confirmed", outcome.Rsvp!.Status);
        Assert.Equal(["POST", "GET", "GET", "GET"], script.Asked.Select(asked => asked.Method));
        Assert.All(script.Asked.Skip(1), asked => Assert.Equal(($"/api/requests/{RequestId}", "wait=20"), (asked.Path, asked.Prefer)));
    }

    [Fact]
    public async Task Polling_holds_no_answer_back()
    {
        var script = new Script(Script.Answer(HttpStatusCode.Accepted, Pending), Script.Answer(HttpStatusCode.OK, Pending), Script.Answer(HttpStatusCode.OK, Confirmed));

        await Client(script, OutcomeWait.Polling).SubmitAsync(ActivityId);

        Assert.Equal(3, script.Asked.Count);
        Assert.All(script.Asked, asked => Assert.Null(asked.Prefer));
    }

    [Fact]
    public async Task Who_does_not_want_to_wait_any_more_does_not()
    {
        using var end = new CancellationTokenSource();
        var script = new Script(() =>
        {
            end.Cancel();
            return Script.Lost()();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client(script).SubmitAsync(ActivityId, cancellationToken: end.Token));

        Assert.Single(script.Asked);
    }

    [Fact]
    public async Task A_list_is_read_page_by_page()
    {
        var script = new Script(
            Script.Answer(HttpStatusCode.OK, """{ "items": [{ "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "title": "One", "status": "scheduled", "startsAt": "2040-01-01T00:00:00Z", "version": 1 }], "nextCursor": "a b" }"""),
            Script.Answer(HttpStatusCode.OK, """{ "items": [{ "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3302", "title": "Two", "status": "scheduled", "startsAt": "2040-01-01T00:00:00Z", "version": 1 }], "nextCursor": null }"""));
        var titles = new List<string>();

        await foreach (var activity in Client(script).ListActivitiesAsync())
        {
            titles.Add(activity.Title);
        }

        Assert.Equal(["One", "Two"], titles);
        Assert.EndsWith("&cursor=a%20b", script.Asked[1].Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_is_thrown_in_one_way_and_a_cancelled_read_as_cancelled()
    {
        using var end = new CancellationTokenSource();
        var cancelling = new Script(() =>
        {
            end.Cancel();
            throw new OperationCanceledException(end.Token);
        });

        var lost = await Assert.ThrowsAsync<RsvpException>(() => Client(new Script(Script.Lost())).GetActivityAsync(ActivityId));
        var foreign = await Assert.ThrowsAsync<RsvpException>(() => Client(new Script(Script.Answer(HttpStatusCode.OK, "<html>"))).GetActivityAsync(ActivityId));
        var decided = await Assert.ThrowsAsync<RsvpException>(() => Client(new Script(Script.Answer(HttpStatusCode.OK, "<html>"))).SubmitAsync(ActivityId));

        Assert.IsType<HttpRequestException>(lost.InnerException);
        Assert.IsType<JsonException>(foreign.InnerException, exactMatch: false);
        Assert.IsType<JsonException>(decided.InnerException, exactMatch: false);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client(cancelling).GetActivityAsync(ActivityId, end.Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    public void An_answer_cannot_be_held_back_longer_than_the_API_holds_it_nor_for_no_time(int seconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RsvpClient(new RsvpClientOptions { BaseAddress = new Uri("http://rsvp.example"), HoldFor = TimeSpan.FromSeconds(seconds) }));

    [Fact]
    public async Task Whoever_waits_for_a_push_has_one_question_open_at_a_time()
    {
        var script = new Script(Script.Answer(HttpStatusCode.Accepted, Pending), Script.Answer(HttpStatusCode.OK, Pending), Script.Answer(HttpStatusCode.OK, Pending), Script.Answer(HttpStatusCode.OK, Confirmed));
        var options = OptionsOf(script, OutcomeWait.Push);
        using var api = new ApiConnection(options);
        var silence = new Silence();
        var sender = new CommandSender(api, options, (_, _) => Task.FromResult<IOutcomeSignal?>(silence));

        var outcome = await sender.SendAsync(new CommandMessage(HttpMethod.Post, "/api", Body: null, "key", IfVersion: null), ActivityId, CancellationToken.None);

        Assert.Equal("confirmed", outcome.Rsvp!.Status);
        Assert.Equal(4, script.Asked.Count);
        Assert.Equal(1, silence.Questions);
    }

    /// <summary>A push that never comes.</summary>
    private sealed class Silence : IOutcomeSignal
    {
        private readonly TaskCompletionSource<bool> _never = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal int Questions { get; private set; }

        public Task<bool> NextAsync()
        {
            Questions++;
            return _never.Task;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private static RsvpClient Client(Script script, OutcomeWait wait = OutcomeWait.Held, TimeSpan? retryFor = null) => new(OptionsOf(script, wait, retryFor));

    private static RsvpClientOptions OptionsOf(Script script, OutcomeWait wait, TimeSpan? retryFor = null) => new()
    {
        BaseAddress = new Uri("http://rsvp.example"),
        GetTokenAsync = _ => ValueTask.FromResult<string?>("token"),
        Handler = script,
        Wait = wait,
        FirstPause = TimeSpan.FromMilliseconds(1),
        RetryFor = retryFor ?? TimeSpan.FromMinutes(1),
    };
}
