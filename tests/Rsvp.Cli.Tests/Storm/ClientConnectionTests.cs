using Microsoft.AspNetCore.Http;
using Rsvp.Cli.Storm;
using Rsvp.Testing;

namespace Rsvp.Cli.Tests.Storm;

public sealed class ClientConnectionTests
{
    private static readonly Guid Request = new("0190a1b2-0000-7000-8000-000000000001");

    [Fact]
    public async Task A_request_that_was_accepted_and_never_decided_is_in_the_journal()
    {
        var polled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stage = await StormStage.StartAsync(AcceptAndNeverDecideAsync);
        using var connection = new ClientConnection(stage.People);
        using var patience = new CancellationTokenSource();
        var round = new StormRound(Guid.NewGuid(), [Guid.NewGuid()], [1], ["token"], rate: null);

        var asking = connection.AskAsync(round, 0, patience.Token);
        await Eventually.EndsAsync(polled.Task, "it asks for the outcome");
        await patience.CancelAsync();
        round.Complete(0, await Eventually.EndsAsync(asking, "it gives up"));

        Assert.Equal((AnswerKind.Pending, 0), (round.Answers[0].Kind, round.DoneCount));
        Assert.Equal(Request, Assert.Single(round.AcceptedIds()));

        async Task AcceptAndNeverDecideAsync(HttpContext http)
        {
            if (http.Request.Method == "POST")
            {
                http.Response.StatusCode = StatusCodes.Status202Accepted;
                http.Response.Headers.Location = $"/api/requests/{Request}";
                await http.Response.WriteAsync($$"""{ "requestId": "{{Request}}", "status": "pending" }""");
                return;
            }

            polled.TrySetResult(true);
            await new TaskCompletionSource().Task.WaitAsync(http.RequestAborted); // Until nobody waits for it any more.
        }
    }
}
