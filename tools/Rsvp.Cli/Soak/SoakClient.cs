using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Rsvp.Hosting.Auth;

namespace Rsvp.Cli.Soak;

/// <summary>A patient client: sends a request with the same key until it is answered, and keeps a journal of all that it sent and was told.</summary>
internal sealed class SoakClient(Uri apiUrl, TokenFactory tokens) : IDisposable
{
    private const int WaitSeconds = 3;

    // Well over what the server waits; a frozen API must not hold a client for ever.
    private static readonly TimeSpan AnswerAtMost = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromDays(2);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = apiUrl, Timeout = AnswerAtMost };
    private readonly Dictionary<Guid, string> _tokens = [];
    private readonly List<JournalEntry> _journal = [];

    /// <summary>A copy of what there is now.</summary>
    internal IReadOnlyList<JournalEntry> Journal
    {
        get
        {
            lock (_journal) return [.. _journal];
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a request until it is accepted or refused by a decision; with its key it is one request, however often it is sent.</summary>
    internal async Task<JournalEntry> AskAsync(SoakRequest request, string key, CancellationToken cancellationToken)
    {
        var entry = new JournalEntry { UserId = request.UserId, Key = key, What = $"{request.Method} {request.Path} {request.Body}".TrimEnd() };
        lock (_journal) _journal.Add(entry);
        await SendUntilAcceptedAsync(entry, request, cancellationToken);
        return entry;
    }

    /// <summary>Sends it again, although it was answered.</summary>
    internal Task RepeatAsync(JournalEntry entry, SoakRequest request, CancellationToken cancellationToken) => SendUntilAcceptedAsync(entry, request, cancellationToken);

    /// <summary>Asks for the outcome of an accepted request until it is there.</summary>
    internal async Task ResolveAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        while (entry is { IsAccepted: true, Decision: null })
        {
            SeenAnswer? answer = await SendAsync(entry, new SoakRequest(entry.UserId, HttpMethod.Get, $"/api/requests/{entry.RequestIds[0]}", null), null, cancellationToken);
            if (answer is { IsDecided: true } or { StatusCode: >= 400, SaysLater: false }) entry.Add(answer);
            if (entry.Decision is null) await Task.Delay(BetweenAttempts, cancellationToken);
        }
    }

    private async Task SendUntilAcceptedAsync(JournalEntry entry, SoakRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            entry.SendCount++;
            SeenAnswer? answer = await SendAsync(entry, request, entry.Key, cancellationToken);
            if (answer is not null) entry.Add(answer);
            if (answer is { IsAccepted: true }) return;

            await Task.Delay(BetweenAttempts, cancellationToken);
        }
    }

    /// <summary>Null when no answer came.</summary>
    private async Task<SeenAnswer?> SendAsync(JournalEntry entry, SoakRequest request, string? key, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, request.Path);
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TokenOf(request.UserId));
        message.Headers.Add("Prefer", string.Create(CultureInfo.InvariantCulture, $"wait={WaitSeconds}"));
        if (key is not null) message.Headers.Add("Idempotency-Key", key);
        if (request.Body is not null) message.Content = new StringContent(request.Body, Encoding.UTF8, "application/json");
        var clock = Stopwatch.StartNew();
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(message, cancellationToken);
            SeenAnswer answer = SeenAnswer.Read((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
            if (answer.SaysLater && clock.Elapsed > entry.ToldToComeAgainAfter) entry.ToldToComeAgainAfter = clock.Elapsed;
            return answer;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            entry.SilenceCount++;
            return null;
        }
    }

    private string TokenOf(Guid user)
    {
        lock (_tokens)
        {
            return _tokens.TryGetValue(user, out string? token) ? token : _tokens[user] = tokens.Create(user, TokenLifetime);
        }
    }
}

/// <summary>What is asked, without its key.</summary>
internal sealed record SoakRequest(Guid UserId, HttpMethod Method, string Path, string? Body);
