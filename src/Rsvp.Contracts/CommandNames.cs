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

    /// <summary>Asks for places of several parties.</summary>
    public const string RegisterGroup = "register_group";

    /// <summary>Gives back the places of a group.</summary>
    public const string CancelGroup = "cancel_group";

    /// <summary>Takes the seats held for a party.</summary>
    public const string AcceptOffer = "accept_offer";

    /// <summary>Gives back the seats held for a party.</summary>
    public const string DeclineOffer = "decline_offer";

    /// <summary>Ends offers whose time is over.</summary>
    public const string ExpireOffers = "expire_offers";

    /// <summary>Deletes a user.</summary>
    public const string DeleteUser = "delete_user";

    /// <summary>Ends a deleted user's RSVP to one activity.</summary>
    public const string EraseRsvp = "erase_rsvp";

    /// <summary>Opens an activity.</summary>
    public const string CreateActivity = "create_activity";

    /// <summary>Changes an activity's settings, capacity included.</summary>
    public const string UpdateActivity = "update_activity";

    /// <summary>Makes a user a host.</summary>
    public const string AddHost = "add_host";

    /// <summary>Takes a host's rights.</summary>
    public const string RemoveHost = "remove_host";

    /// <summary>Ends a party's RSVP, by a host.</summary>
    public const string RemoveRsvp = "remove_rsvp";

    /// <summary>Calls an activity off.</summary>
    public const string CancelActivity = "cancel_activity";

    /// <summary>Ends the RSVPs of an activity that was called off.</summary>
    public const string EndRsvps = "end_rsvps";

    /// <summary>Lets waiting places in, by a host.</summary>
    public const string PromoteWaitlist = "promote_waitlist";

    /// <summary>Does one thing to many waiting parties.</summary>
    public const string BulkWaitlist = "bulk_waitlist";

    /// <summary>A party has come.</summary>
    public const string CheckIn = "check_in";

    /// <summary>Takes a check-in back.</summary>
    public const string UndoCheckIn = "undo_check_in";

    /// <summary>Somebody came without asking before.</summary>
    public const string WalkIn = "walk_in";

    /// <summary>Ends the parties that have not come.</summary>
    public const string ReleaseNoShows = "release_no_shows";

    /// <summary>Lets the waiting in: one pass of the system.</summary>
    public const string RunPass = "run_pass";
}
