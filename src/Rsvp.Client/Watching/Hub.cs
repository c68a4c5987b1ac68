using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections.Client;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Rsvp.Client.Requests;

namespace Rsvp.Client.Watching;

/// <summary>The one push connection of a client: made when somebody watches, and again whenever it is lost.</summary>
internal sealed class Hub : IAsyncDisposable
{
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    // Whoever waits for an outcome can poll as well: no connection in this time is no push.
    private static readonly TimeSpan ListenAtMost = TimeSpan.FromSeconds(2);

    private readonly HubConnection _connection;
    private readonly RsvpClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<Guid, WatchedActivity> _watched = new();
    private readonly Lock _entering = new();
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly CancellationTokenSource _disposed = new();

    internal Hub(RsvpClientOptions options)
    {
        _options = options;
        _time = options.TimeProvider ?? TimeProvider.System;
        var builder = new HubConnectionBuilder()
            .WithUrl(new Uri(options.BaseAddress, "/hubs/rsvp"), Configure)
            .WithAutomaticReconnect(new Forever());
        builder.Services.Configure<JsonHubProtocolOptions>(json => json.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, ClientJson.Default));
        _connection = builder.Build();
        _connection.On<ActivityCounts>("capacityUpdate", counts => Of(counts.ActivityId)?.Apply(counts));
        _connection.On<LineLength>("waitlistUpdate", line => Of(line.ActivityId)?.Apply(line));
        _connection.On<PlaceStatus>("rsvpStatusUpdate", status => Of(status.ActivityId)?.Apply(status));
        _connection.Reconnecting += _ => TellAsync(isConnected: false);
        _connection.Reconnected += async _ =>
        {
            foreach (var activityId in _watched.Keys)
            {
                await RewatchAsync(activityId).ConfigureAwait(false);
            }
        };
        _connection.Closed += async _ =>
        {
            await TellAsync(isConnected: false).ConfigureAwait(false);
            if (!_disposed.IsCancellationRequested && !_watched.IsEmpty)
            {
                await ComeBackAsync().ConfigureAwait(false);
            }
        };
    }

    /// <summary>See <see cref="RsvpClient.WatchAsync"/>.</summary>
    internal async IAsyncEnumerable<ActivityState> WatchAsync(Guid activityId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        using var watcher = await EnterAsync(activityId, either.Token).ConfigureAwait(false);
        while (watcher is not null && await watcher.NextAsync(either.Token).ConfigureAwait(false) is { } state)
        {
            yield return state;
        }
    }

    /// <summary>Listens to the pushes of an activity, for whoever waits for an outcome.</summary>
    /// <returns>Null where there is no push: no connection, or nothing to see for this person.</returns>
    internal async Task<IOutcomeSignal?> ListenAsync(Guid activityId, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ListenAtMost);
        try
        {
            return await EnterAsync(activityId, limit.Token).ConfigureAwait(false) is { } watcher ? new WatchSignal(watcher) : null;
        }
        catch (RsvpException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync().ConfigureAwait(false);
        End(failure: null);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _starting.Dispose();
        _disposed.Dispose();
    }

    /// <summary>Makes a watcher, and the watch with the first of them.</summary>
    /// <returns>Null when it was to end before it began.</returns>
    private async Task<Watcher?> EnterAsync(Guid activityId, CancellationToken cancellationToken)
    {
        try
        {
            await ConnectAsync(cancellationToken).ConfigureAwait(false);
            WatchedActivity activity;
            Watcher watcher;
            lock (_entering)
            {
                activity = _watched.GetOrAdd(activityId, _ => new WatchedActivity());
                watcher = activity.Add(one => Leave(activityId, activity, one));
            }

            try
            {
                await _connection.InvokeAsync<JsonElement>("WatchActivity", activityId, cancellationToken).ConfigureAwait(false);
                activity.Connected(true);
                return watcher;
            }
            catch (HubException refusal)
            {
                watcher.Dispose();
                throw new RsvpException(ProblemOf(refusal), 0);
            }
            catch (Exception) when (_connection.State != HubConnectionState.Connected && !cancellationToken.IsCancellationRequested)
            {
                // Lost in between; the reconnected connection watches what is watched.
                return watcher;
            }
            catch (Exception)
            {
                watcher.Dispose();
                throw;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private void Leave(Guid activityId, WatchedActivity activity, Watcher watcher)
    {
        lock (_entering)
        {
            if (activity.Remove(watcher) == 0 && _watched.TryRemove(activityId, out _) && _connection.State == HubConnectionState.Connected)
            {
                // Whether it arrives or not: what still comes is for nobody. Within the lock, so that it comes before the next watch.
                _ = _connection.SendAsync("UnwatchActivity", activityId, CancellationToken.None).ContinueWith(sent => _ = sent.Exception, TaskScheduler.Default);
            }
        }
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var tries = 0; _connection.State == HubConnectionState.Disconnected; tries++)
            {
                try
                {
                    await _connection.StartAsync(cancellationToken).ConfigureAwait(false);
                }
                catch (HttpRequestException error) when (error.StatusCode is System.Net.HttpStatusCode.Unauthorized or System.Net.HttpStatusCode.Forbidden)
                {
                    throw new RsvpException(new Problem { Code = "unauthorized", Title = "A valid token is needed." }, error.StatusCode.Value);
                }
                catch (Exception error) when (error is HttpRequestException or IOException or TimeoutException or System.Net.WebSockets.WebSocketException)
                {
                    await Task.Delay(Forever.PauseOf(tries), _time, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Connects anew for those who watch. If that cannot be, they hear why, instead of waiting for ever.</summary>
    private async Task ComeBackAsync()
    {
        try
        {
            await ConnectAsync(_disposed.Token).ConfigureAwait(false);
            foreach (var activityId in _watched.Keys)
            {
                await RewatchAsync(activityId).ConfigureAwait(false);
            }
        }
        catch (Exception) when (_disposed.IsCancellationRequested)
        {
            // Nobody watches any more.
        }
#pragma warning disable CA1031 // Whatever the reason, those who watch are told, and nobody else would hear of it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            End(error as RsvpException ?? new RsvpException("The push connection cannot be made again.", error));
        }
    }

    private void End(RsvpException? failure)
    {
        foreach (var activity in _watched.Values)
        {
            activity.End(failure);
        }
    }

    private async Task RewatchAsync(Guid activityId)
    {
        try
        {
            // The snapshot, which comes with it, closes the gap.
            await _connection.InvokeAsync<JsonElement>("WatchActivity", activityId, _disposed.Token).ConfigureAwait(false);
            Of(activityId)?.Connected(true);
        }
        catch (Exception error) when (error is HubException or InvalidOperationException or IOException or OperationCanceledException)
        {
            // Lost again, which is told again; or there is nothing to watch any more.
        }
    }

    private Task TellAsync(bool isConnected)
    {
        foreach (var activity in _watched.Values)
        {
            activity.Connected(isConnected);
        }

        return Task.CompletedTask;
    }

    private WatchedActivity? Of(Guid activityId) => _watched.GetValueOrDefault(activityId);

    private void Configure(HttpConnectionOptions http)
    {
        if (_options.GetTokenAsync is { } getToken)
        {
            http.AccessTokenProvider = async () => await getToken(CancellationToken.None).ConfigureAwait(false);
        }

        if (_options.Handler is { } handler)
        {
            http.HttpMessageHandlerFactory = _ => new Shared(handler);
        }
    }

    private static bool IsAboutToken(Exception? error) =>
        error is HttpRequestException { StatusCode: System.Net.HttpStatusCode.Unauthorized or System.Net.HttpStatusCode.Forbidden };

    // The hub says its refusals as "code: title", after words of the framework's own.
    private static Problem ProblemOf(HubException refusal)
    {
        var text = refusal.Message.Split("HubException: ")[^1];
        var parts = text.Split(": ", 2);
        return parts.Length == 2 ? new Problem { Code = parts[0], Title = parts[1] } : new Problem { Code = "unknown", Title = text };
    }

    /// <summary>Uses a handler without disposing it: it is the caller's.</summary>
    private sealed class Shared(HttpMessageHandler handler) : DelegatingHandler(handler)
    {
        protected override void Dispose(bool disposing) => base.Dispose(disposing: false);
    }

    /// <summary>Comes back without end, slower and slower, unless it is the token: then the connection closes, and whoever watches hears of it.</summary>
    private sealed class Forever : IRetryPolicy
    {
        public TimeSpan? NextRetryDelay(RetryContext retryContext) => retryContext switch
        {
            { PreviousRetryCount: 0 } => TimeSpan.Zero,
            _ when IsAboutToken(retryContext.RetryReason) => null,
            _ => PauseOf((int)Math.Min(retryContext.PreviousRetryCount, 10)),
        };

        internal static TimeSpan PauseOf(int tries)
        {
            var pause = TimeSpan.FromMilliseconds(250) * Math.Pow(2, Math.Min(tries, 10));
            return (pause < PauseMax ? pause : PauseMax) * (0.75 + (Random.Shared.NextDouble() / 2));
        }
    }
}
