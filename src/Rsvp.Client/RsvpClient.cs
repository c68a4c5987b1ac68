using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rsvp.Client.Requests;
using Rsvp.Client.Watching;

namespace Rsvp.Client;

/// <summary>
/// The Rsvp API for one person. What the rules refuse is an <see cref="Outcome"/> with a problem; <see cref="RsvpException"/> is for everything else.
/// Every command is sent with an idempotency key, its own or the caller's, so repeating it is safe.
/// </summary>
public sealed partial class RsvpClient : IAsyncDisposable
{
    private readonly ApiConnection _api;
    private readonly CommandSender _commands;
    private readonly RsvpClientOptions _options;
    private readonly Lock _ending = new();

    // Made by the first who watches: most clients only ask.
    private Hub? _hub;
    private bool _hasEnded;

    /// <summary>Makes a client; it connects when it is asked for something.</summary>
    /// <param name="options">Where the API is, and who asks.</param>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="RsvpClientOptions.HoldFor"/> is out of its bounds.</exception>
    public RsvpClient(RsvpClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.HoldFor, RsvpClientOptions.HoldForMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.HoldFor, RsvpClientOptions.HoldForMax);
        _api = new ApiConnection(options);
        _options = options;
        _commands = new CommandSender(_api, options, async (activityId, cancellationToken) => await MakeHub().ListenAsync(activityId, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Activities to come that were not called off, the soonest first.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<Activity> ListActivitiesAsync(CancellationToken cancellationToken = default) =>
        ListAsync("/api/activities?limit=500", ClientJson.Default.PageActivity, cancellationToken);

    /// <summary>One's own RSVPs, with those that ended.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<Place> ListPlacesAsync(CancellationToken cancellationToken = default) =>
        ListAsync("/api/users/my-rsvps?limit=500", ClientJson.Default.PagePlace, cancellationToken);

    /// <summary>An activity as it is now.</summary>
    /// <param name="activityId">The activity.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RsvpException"><c>activity_not_found</c>.</exception>
    public Task<Activity> GetActivityAsync(Guid activityId, CancellationToken cancellationToken = default) =>
        _api.GetAsync($"/api/activities/{activityId}", ClientJson.Default.Activity, cancellationToken);

    /// <summary>One's own RSVP to an activity; null when there never was one.</summary>
    /// <param name="activityId">The activity.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Place?> FindPlaceAsync(Guid activityId, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _api.GetAsync($"/api/activities/{activityId}/rsvp", ClientJson.Default.Place, cancellationToken).ConfigureAwait(false);
        }
        catch (RsvpException refusal) when (refusal.Problem.Code == "rsvp_not_found")
        {
            return null;
        }
    }

    /// <summary>
    /// An activity from now on: its state at once, and again whenever it changes, merged to the newest. A lost connection is a state, too, and is
    /// made again without end; versions never go back.
    /// </summary>
    /// <param name="activityId">The activity.</param>
    /// <param name="cancellationToken">Ends the watch, without an exception.</param>
    /// <exception cref="RsvpException"><c>activity_not_found</c>; or the token is not good any more, so that the connection cannot be made again.</exception>
    /// <exception cref="ObjectDisposedException">The client has ended.</exception>
    public IAsyncEnumerable<ActivityState> WatchAsync(Guid activityId, CancellationToken cancellationToken = default) => MakeHub().WatchAsync(activityId, cancellationToken);

    /// <summary>Ends all watches and connections.</summary>
    public async ValueTask DisposeAsync()
    {
        Hub? hub;
        lock (_ending)
        {
            _hasEnded = true;
            (hub, _hub) = (_hub, null);
        }

        if (hub is not null)
        {
            await hub.DisposeAsync().ConfigureAwait(false);
        }

        _api.Dispose();
    }

    /// <summary>The one hub of this client. One that was made after its end would be ended by nobody.</summary>
    private Hub MakeHub()
    {
        lock (_ending)
        {
            ObjectDisposedException.ThrowIf(_hasEnded, this);
            return _hub ??= new Hub(_options);
        }
    }

    private async IAsyncEnumerable<T> ListAsync<T>(
        string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<Page<T>> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await _api.GetAsync(cursor is null ? path : $"{path}&cursor={Uri.EscapeDataString(cursor)}", type, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    private Task<Outcome> SendAsync(
        HttpMethod method, string path, JsonObject? body, CommandOptions? options, Guid? activityId, CancellationToken cancellationToken)
    {
        var bytes = body is null ? null : JsonSerializer.SerializeToUtf8Bytes(body, ClientJson.Default.JsonObject);
        var key = options?.IdempotencyKey ?? Guid.NewGuid().ToString("N");
        return _commands.SendAsync(new CommandMessage(method, path, bytes, key, options?.IfVersion), activityId, cancellationToken);
    }
}

/// <summary>How a command is sent.</summary>
public sealed record CommandOptions
{
    /// <summary>
    /// 1 to 128 printable ASCII characters; null: one is made for this call, which makes its own repeats safe. With a key that the caller keeps a
    /// command is safe to repeat after a crash as well.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Refuses with <c>version_mismatch</c> unless the RSVP is at this version; null: whatever its version. For changes and cancels of an RSVP.</summary>
    public long? IfVersion { get; init; }
}
