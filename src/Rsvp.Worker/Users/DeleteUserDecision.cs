using Rsvp.Contracts;
using Rsvp.Hosting.Problems;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Users;

/// <summary>A user is deleted: nothing they ask from here on is applied. Their RSVPs and personal data go afterwards.</summary>
internal static class DeleteUserDecision
{
    /// <summary>Decides, and notes the deletion.</summary>
    /// <returns>Why not; null when the user is deleted, now or before.</returns>
    public static string? Decide(WorkingSet state, Caller caller, DeleteUser command)
    {
        if (command.UserId != caller.UserId && !caller.IsAdmin) return ProblemCodes.Forbidden;
        if (state.DeletedUsers.Contains(command.UserId)) return null;
        if (!state.KnownUsers.Contains(command.UserId)) return ProblemCodes.UserNotFound;

        state.Delete(command.UserId);
        return null;
    }
}
