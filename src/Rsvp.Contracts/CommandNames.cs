namespace Rsvp.Contracts;

/// <summary>The commands' names, as they stand in request documents, the database and metrics.</summary>
public static class CommandNames
{
    /// <summary>Asks for a party's place.</summary>
    public const string SubmitRsvp = "submit_rsvp";

    /// <summary>Changes a party's guests or requirements.</summary>
    public const string UpdateRsvp = "update_rsvp";

    /// <summary>Gives a party's place back.</summary>
    public const string CancelRsvp = "cancel_rsvp";

    /// <summary>Opens an activity.</summary>
    public const string CreateActivity = "create_activity";

    /// <summary>Changes an activity's settings, capacity included.</summary>
    public const string UpdateActivity = "update_activity";

    /// <summary>Lets the waiting in: one pass of the system, or a host's promotion.</summary>
    public const string PromoteWaitlist = "promote_waitlist";
}
