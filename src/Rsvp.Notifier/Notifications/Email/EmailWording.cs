using Rsvp.Contracts;

namespace Rsvp.Notifier.Notifications.Email;

/// <summary>What a mail says, by kind of notification.</summary>
internal static class EmailWording
{
    /// <summary>Subject without the activity's title, and one sentence or two.</summary>
    public static (string Subject, string Sentence) Of(Delivery delivery)
    {
        var party = delivery.PartySize == 1 ? "Your place" : $"The place of your party of {delivery.PartySize}";
        return delivery.Kind switch
        {
            NotificationKinds.Confirmed => ("Confirmed", $"{party} is confirmed."),
            NotificationKinds.Waitlisted => ("On the waitlist", "There is no free place for you yet, so you stand in line. You will hear from us when that changes."),
            NotificationKinds.Promoted => ("You are in", $"You waited, and now a place became free. {party} is confirmed."),
            NotificationKinds.Offered => ("A place is held for you", Offer(delivery)),
            NotificationKinds.Reminded => ("The offer ends soon", $"You have not answered yet. {Offer(delivery)}"),
            NotificationKinds.Updated => ("Changed", $"Your RSVP was changed. It is now for {People(delivery.PartySize)} and {delivery.Status}."),
            NotificationKinds.MovedToBack => ("At the end of the line", $"Your party grew to {People(delivery.PartySize)} while it waited, so it now stands at the end of the line."),
            NotificationKinds.Cancelled => ("Cancelled", "Your RSVP is cancelled, and its places are free for others."),
            NotificationKinds.Accepted => ("Confirmed", $"You accepted the offer. {party} is confirmed."),
            NotificationKinds.Declined => ("Declined", "You declined the offer, and the place goes to the next in line."),
            NotificationKinds.OfferExpired => ("The offer has expired", "The offer was not answered in time, and the place goes to the next in line."),
            NotificationKinds.Removed => ("Removed", "A host of the activity removed your RSVP."),
            NotificationKinds.CalledOff => ("Called off", "The activity was called off, and your RSVP is cancelled with it."),
            NotificationKinds.Released => ("Your place was given away", "You were not checked in, so your place was given to the next in line."),
            NotificationKinds.Moved => ("Moved in line", "A host of the activity moved you to another place in line."),
            _ => ("News", $"There is news about your RSVP. It is now {delivery.Status}, for {People(delivery.PartySize)}."),
        };
    }

    private static string Offer(Delivery delivery) => delivery.OfferExpiresAt is { } until
        ? $"{People(delivery.PartySize, capital: true)} can come: accept the offer until {EmailContent.Time(until)}, or the place goes to the next in line."
        : "A place became free and is held for you until you accept or decline it.";

    private static string People(int count, bool capital = false) => count == 1 ? (capital ? "One person" : "one person") : $"{count} people";
}
