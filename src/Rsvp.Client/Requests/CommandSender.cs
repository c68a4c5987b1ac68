using System.Net;
using System.Text.Json;

namespace Rsvp.Client.Requests;

/// <summary>Sends commands until their outcome is known. Each has a key, so that sending it again is safe.</summary>
internal sealed class CommandSender(ApiConnection api, RsvpClientOptions options, Func<Guid, CancellationToken, Task<IOutcomeSignal?>> listenAsync)
{
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time = options.TimeProvider ?? TimeProvider.System;

    private TimeSpan? HoldFor => options.Wait == OutcomeWait.Held ? options.HoldFor : null;

    /// <param name="command">What to send.</param>
    /// <param name="activityId">Whose pushes tell of the outcome; null for none.</param>
    /// <param name="cancellationToken">Ends the waiting; the command may take effect all the same.</param>
    internal async Task<Outcome> SendAsync(CommandMessage command, Guid? activityId, CancellationToken cancellationToken)
    {
        // Before the command goes, or its push could be missed.
        var signal = options.Wait == OutcomeWait.Push && activityId is { } id ? await listenAsync(id, cancellationToken).ConfigureAwait(false) : null;
        try
        {
            var document = await PersistAsync(() => api.SendAsync(command.Method, command.Path, command.Body, command.Key, command.IfVersion, HoldFor, cancellationToken), cancellationToken).ConfigureAwait(false);

            // One question at a time: a push that ends one that nobody waits for any more would be missed.
            var push = document.IsPending ? signal?.NextAsync() : null;
            for (var polls = 0; document.IsPending; polls++)
            {
                if (options.Wait != OutcomeWait.Held)
                {
                    await PauseAsync(polls, push, cancellationToken).ConfigureAwait(false);
                }

                if (push is { IsCompleted: true })
                {
                    push = await push.ConfigureAwait(false) ? signal?.NextAsync() : null;
                }

                var path = $"/api/requests/{document.RequestId}";
                document = await PersistAsync(() => api.SendAsync(HttpMethod.Get, path, body: null, key: null, ifVersion: null, HoldFor, cancellationToken), cancellationToken).ConfigureAwait(false);
            }

            return document.ToOutcome();
        }
        finally
        {
            if (signal is not null)
            {
                await signal.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Tries until there is an answer that is not about this moment alone.</summary>
    private async Task<RequestDocument> PersistAsync(Func<Task<HttpResponseMessage>> attempt, CancellationToken cancellationToken)
    {
        var startedAt = _time.GetTimestamp();
        for (var tries = 0; ; tries++)
        {
            Exception failure;
            var wait = TimeSpan.Zero;
            try
            {
                using var response = await attempt().ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                {
                    return await ApiConnection.ReadAsync(response, ClientJson.Default.RequestDocument, cancellationToken).ConfigureAwait(false);
                }

                var refusal = await ApiConnection.RefusalAsync(response, cancellationToken).ConfigureAwait(false);
                if (!Passes(response.StatusCode))
                {
                    // With an id it was decided: refused by the rules, as a repeat would be. Without one it was never taken.
                    return refusal.Problem.RequestId is { } requestId
                        ? new RequestDocument { RequestId = requestId, Status = "rejected", Problem = refusal.Problem }
                        : throw refusal;
                }

                failure = refusal;
                wait = response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero;
            }
            catch (JsonException error)
            {
                // Not from the API, so another try would not be, either.
                throw new RsvpException("The answer makes no sense.", error);
            }
            catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                failure = new RsvpException("The API cannot be reached.", error);
            }

            if (_time.GetElapsedTime(startedAt) + wait > options.RetryFor)
            {
                throw failure;
            }

            await Task.Delay(Max(wait, PauseOf(tries)), _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool Passes(HttpStatusCode status) =>
        status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout;

    private async Task PauseAsync(int polls, Task<bool>? push, CancellationToken cancellationToken)
    {
        var pause = Task.Delay(PauseOf(polls), _time, cancellationToken);
        if (push is null)
        {
            await pause.ConfigureAwait(false);
        }
        else
        {
            await Task.WhenAny(pause, push).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    // Not all at the same moment, when many lost the same server.
    private TimeSpan PauseOf(int tries) =>
        Min(PauseMax, options.FirstPause * Math.Pow(2, Math.Min(tries, 10))) * (0.75 + (Random.Shared.NextDouble() / 2));

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}

/// <summary>A command as it is sent, again and again the same.</summary>
internal sealed record CommandMessage(HttpMethod Method, string Path, byte[]? Body, string Key, long? IfVersion);

/// <summary>Says that there may be news of an outcome.</summary>
internal interface IOutcomeSignal : IAsyncDisposable
{
    /// <summary>Ends with the next push; false when there will be none any more. Not asked again before it has ended.</summary>
    Task<bool> NextAsync();
}
