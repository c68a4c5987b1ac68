namespace Rsvp.Notifier.Access;

/// <summary>Marks an endpoint that browsers connect to: it checks the origin, takes the token from the query too, and refuses deleted users.</summary>
internal sealed class PushEndpoint
{
    /// <summary>True where the query's token counts for WebSocket upgrades only.</summary>
    public required bool NeedsUpgrade { get; init; }

    internal static PushEndpoint? Of(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<PushEndpoint>();
}
