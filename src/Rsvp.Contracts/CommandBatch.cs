namespace Rsvp.Contracts;

/// <summary>Commands of one partition, in the order in which they are to be applied.</summary>
/// <remarks>Safe to deliver twice: a command whose <see cref="Command.RequestId"/> has an outcome is not decided again.</remarks>
public sealed record CommandBatch
{
    /// <summary>Identifies this batch among those of <see cref="ReplyTo"/>; repeated in <see cref="BatchApplied"/>.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>The partition that all <see cref="Commands"/> belong to; 0 to P − 1.</summary>
    public required int Partition { get; init; }

    /// <summary>Routing key of the sender's own queue behind the outcomes exchange; null when nobody waits.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>At most 512 commands, a group counting its members. Without any, a batch shows which worker is active, and its answer that all before it are decided.</summary>
    public required IReadOnlyList<Command> Commands { get; init; }

    /// <summary>W3C <c>traceparent</c> of the sending of this batch; null when it is not traced.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>What one caller asked for: an envelope, and exactly one of the command bodies.</summary>
public sealed record Command
{
    /// <summary>Identifies the request; derived from the caller's idempotency key and the body when there is a key.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>Keyed hash of user, method, path and idempotency key; null without a key.</summary>
    public Guid? KeyId { get; init; }

    /// <summary>The command's name as clients read it, such as <c>submit_rsvp</c>; see <see cref="CommandNames"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The activity that the command is about; decides the partition.</summary>
    public required Guid ActivityId { get; init; }

    /// <summary>Who asks.</summary>
    public required Caller Caller { get; init; }

    /// <summary>When the API took the request, UTC, by the API's clock; used for display and for expiry after 7 days.</summary>
    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>The precondition on the RSVP's version; null without <c>If-Match</c>.</summary>
    public IfMatch? IfMatch { get; init; }

    /// <summary>The owner of the RSVP that is meant when it is not the caller's own; null: the caller's.</summary>
    public Guid? RsvpUserId { get; init; }

    /// <summary>W3C <c>traceparent</c> of the request; null when it is not traced.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Body of <see cref="CommandNames.SubmitRsvp"/>.</summary>
    public SubmitRsvp? SubmitRsvp { get; init; }

    /// <summary>Body of <see cref="CommandNames.UpdateRsvp"/>.</summary>
    public UpdateRsvp? UpdateRsvp { get; init; }

    /// <summary>Body of <see cref="CommandNames.CancelRsvp"/>.</summary>
    public CancelRsvp? CancelRsvp { get; init; }

    /// <summary>Body of <see cref="CommandNames.CreateActivity"/>.</summary>
    public CreateActivity? CreateActivity { get; init; }

    /// <summary>Body of <see cref="CommandNames.UpdateActivity"/>.</summary>
    public UpdateActivity? UpdateActivity { get; init; }

    /// <summary>Body of <see cref="CommandNames.RegisterGroup"/>.</summary>
    public RegisterGroup? RegisterGroup { get; init; }

    /// <summary>Body of <see cref="CommandNames.CancelGroup"/>.</summary>
    public CancelGroup? CancelGroup { get; init; }

    /// <summary>Body of <see cref="CommandNames.AcceptOffer"/>.</summary>
    public AcceptOffer? AcceptOffer { get; init; }

    /// <summary>Body of <see cref="CommandNames.DeclineOffer"/>.</summary>
    public DeclineOffer? DeclineOffer { get; init; }

    /// <summary>Body of <see cref="CommandNames.DeleteUser"/>.</summary>
    public DeleteUser? DeleteUser { get; init; }

    /// <summary>Body of <see cref="CommandNames.AddHost"/>.</summary>
    public AddHost? AddHost { get; init; }

    /// <summary>Body of <see cref="CommandNames.RemoveHost"/>.</summary>
    public RemoveHost? RemoveHost { get; init; }

    /// <summary>Body of <see cref="CommandNames.RemoveRsvp"/>.</summary>
    public RemoveRsvp? RemoveRsvp { get; init; }

    /// <summary>Body of <see cref="CommandNames.CancelActivity"/>.</summary>
    public CancelActivity? CancelActivity { get; init; }

    /// <summary>Body of <see cref="CommandNames.EndRsvps"/>.</summary>
    public EndRsvps? EndRsvps { get; init; }

    /// <summary>Body of <see cref="CommandNames.PromoteWaitlist"/>.</summary>
    public PromoteWaitlist? PromoteWaitlist { get; init; }

    /// <summary>Body of <see cref="CommandNames.BulkWaitlist"/>.</summary>
    public BulkWaitlist? BulkWaitlist { get; init; }

    /// <summary>Body of <see cref="CommandNames.CheckIn"/>.</summary>
    public CheckIn? CheckIn { get; init; }

    /// <summary>Body of <see cref="CommandNames.UndoCheckIn"/>.</summary>
    public UndoCheckIn? UndoCheckIn { get; init; }

    /// <summary>Body of <see cref="CommandNames.WalkIn"/>.</summary>
    public WalkIn? WalkIn { get; init; }

    /// <summary>Body of <see cref="CommandNames.ReleaseNoShows"/>.</summary>
    public ReleaseNoShows? ReleaseNoShows { get; init; }

    /// <summary>Body of <see cref="CommandNames.RunPass"/>.</summary>
    public RunPass? RunPass { get; init; }

    /// <summary>Body of <see cref="CommandNames.EraseRsvp"/>.</summary>
    public EraseRsvp? EraseRsvp { get; init; }

    /// <summary>Body of <see cref="CommandNames.ExpireOffers"/>.</summary>
    public ExpireOffers? ExpireOffers { get; init; }
}

/// <summary>Who asks, as the token said when the request was taken.</summary>
public sealed record Caller
{
    /// <summary>The token's <c>sub</c>; <see cref="Guid.Empty"/> when the system itself asks.</summary>
    public required Guid UserId { get; init; }

    /// <summary>Display name for a user not seen before; null when the token has none.</summary>
    public string? Name { get; init; }

    /// <summary>E-mail address for a user not seen before; null when the token has none.</summary>
    public string? Email { get; init; }

    /// <summary>True when the token's role is <c>admin</c>; an admin may do what any host may.</summary>
    public bool IsAdmin { get; init; }
}

/// <summary>RFC 9110 <c>If-Match</c>, judged by the worker in queue order.</summary>
public sealed record IfMatch
{
    /// <summary>The RSVP version asked for; null means <c>*</c>: any active RSVP.</summary>
    public long? Version { get; init; }
}
