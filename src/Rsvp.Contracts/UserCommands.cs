namespace Rsvp.Contracts;

/// <summary>Deletes a user: from its commit on the user's commands are refused; RSVPs and personal data go afterwards.</summary>
/// <remarks>It belongs to no activity: <see cref="Command.ActivityId"/> is the user's id, so that the commands about one user share a partition.</remarks>
public sealed record DeleteUser
{
    /// <summary>The user to delete.</summary>
    public required Guid UserId { get; init; }
}

/// <summary>Ends a deleted user's RSVP to one activity and clears what the user wrote in it. Repeated, it finds nothing to do.</summary>
/// <remarks>Sent by the system to the activity's partition; <see cref="Command.RsvpUserId"/> is the user.</remarks>
public sealed record EraseRsvp;
