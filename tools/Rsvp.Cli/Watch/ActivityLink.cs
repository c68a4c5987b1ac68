using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Rsvp.Cli.Instances;
using Rsvp.Contracts;
using Rsvp.Hosting.Auth;

namespace Rsvp.Cli.Watch;

/// <summary>Watches one activity at the public origin, and connects again, for as long as it takes, when it loses its connection.</summary>
/// <remarks>
/// The client's own reconnection gives up when the server ends a connection on purpose, as at a token's expiry, and does not watch
/// again: a connection of its own for each attempt does both.
/// </remarks>
internal sealed class ActivityLink(RunFile run, Guid activityId, Guid userId, TimeProvider time)
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(2);

    // At most 20 updates a second come; who reads them is never far behind.
    private readonly Channel<WatchEvent> _events = Channel.CreateUnbounded<WatchEvent>();
    private readonly TokenFactory _tokens = run.Jwt.Tokens(time);

    /// <summary>Everything that happens. Reading it throws what ended the link; it ends in good order when the link is told to.</summary>
    internal ChannelReader<WatchEvent> Events => _events.Reader;

    /// <summary>Until it is cancelled, or refused for good.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            TimeSpan pause = FirstPause;
            while (true)
            {
                bool wasConnected = await ConnectAsync(cancellationToken);
                pause = wasConnected ? FirstPause : pause;
                await Task.Delay(pause, time, cancellationToken);
                pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _events.Writer.Complete();
        }
        catch (ToolException refusal)
        {
            _events.Writer.Complete(refusal);
        }
    }

    /// <summary>One connection, from its start to its loss.</summary>
    /// <returns>Whether the watch was granted before.</returns>
    private async Task<bool> ConnectAsync(CancellationToken cancellationToken)
    {
        bool isWatching = false;
        var closed = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HubConnection hub = Build();
        hub.Closed += reason =>
        {
            closed.TrySetResult(reason);
            return Task.CompletedTask;
        };
        try
        {
            await hub.StartAsync(cancellationToken);

            // What the call returns is sent as updates too, in order with those that follow.
            await hub.InvokeAsync("WatchActivity", activityId, cancellationToken);
            isWatching = true;
            Tell(new WatchEvent.Connected(time.GetUtcNow()));
            Exception? reason = await closed.Task.WaitAsync(cancellationToken);
            Tell(new WatchEvent.Lost(time.GetUtcNow(), reason?.Message ?? "the server closed the connection"));
        }
        catch (HubException refusal) when (refusal.Message.Contains("activity_not_found", StringComparison.Ordinal))
        {
            throw new ToolException($"there is no activity {activityId}");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // A server that is away shows itself in many ways, and all mean the same here.
            Tell(new WatchEvent.Lost(time.GetUtcNow(), exception.Message));
        }

        return isWatching;
    }

    private HubConnection Build()
    {
        HubConnection hub = new HubConnectionBuilder()
            .WithUrl(new Uri(new Uri(run.ApiUrl), "/hubs/rsvp"), options =>
            {
                options.AccessTokenProvider = () => Task.FromResult<string?>(_tokens.Create(userId, TokenLifetime));
                options.Transports = HttpTransportType.WebSockets;
                options.SkipNegotiation = true;
            })
            .Build();
        hub.On<CapacityDocument>("capacityUpdate", document => Tell(new WatchEvent.Counts(time.GetUtcNow(), document)));
        hub.On<LineUpdate>("waitlistUpdate", document => Tell(new WatchEvent.Line(time.GetUtcNow(), document)));
        return hub;
    }

    private void Tell(WatchEvent happened) => _events.Writer.TryWrite(happened);
}
