using Rsvp.Contracts;
using Rsvp.Worker.Decisions;

namespace Rsvp.Worker.Activities;

/// <summary>Somebody opens an activity and becomes its host.</summary>
internal static class CreateActivityDecision
{
    /// <param name="activityId">The id that the API chose.</param>
    /// <param name="userId">Who opens it.</param>
    /// <param name="command">The settings, checked by the API.</param>
    /// <param name="now">The database's clock.</param>
    public static Decision Decide(Guid activityId, Guid userId, CreateActivity command, DateTimeOffset now)
    {
        var activity = new ActivityState
        {
            Id = activityId,
            Settings = command.Settings,
            LogSeq = 1,
            CreatedAt = now,
            UpdatedAt = now,
        };
        return new Decision
        {
            Activity = activity,
            Log = [SettingsEntry(activity, LogActions.Created, userId, freeBefore: activity.Free)],
            Created = true,
            Changed = true,
            ShowsActivity = true,
        };
    }

    /// <summary>The row that says which settings hold from here on.</summary>
    internal static LogEntry SettingsEntry(ActivityState after, string action, Guid userId, int? freeBefore) => new()
    {
        Seq = after.LogSeq,
        Action = action,
        Rule = Rules.Settings,
        UserId = userId,
        Spots = 0,
        FreeBefore = freeBefore,
        Settings = after.Settings,
        Actor = Actor.Host(userId),
    };
}
