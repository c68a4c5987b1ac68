namespace Rsvp.Api.Documentation;

/// <summary>What fields of bodies, parts of paths and parameters of queries mean; the same name means the same everywhere.</summary>
internal static class FieldTexts
{
    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["activityId"] = "The activity.",
        ["rsvpId"] = "The RSVP.",
        ["userId"] = "The user.",
        ["groupId"] = "The group.",
        ["requestId"] = "The request, as a command's answer named it.",
        ["webhookId"] = "The webhook.",
        ["secret"] = "What makes the address private.",

        ["guestCount"] = "People the user brings along. The party is the user and the guests.",
        ["specialRequirements"] = "Free text for the hosts.",
        ["ifFull"] = "`waitlist`: wait in line when there is no room; `reject`: be refused then.",
        ["mode"] = "`all_or_nothing`: one refusal refuses all, and the group is confirmed or waits together; `best_effort`: each member for itself, in order.",
        ["members"] = "The parties, in order; for who is no host at most as many as the activity's `maxGroupSize`.",
        ["reason"] = "Why; kept in the history.",
        ["count"] = "Promote this many places from the front of the line.",
        ["rsvpIds"] = "These RSVPs, in this order.",
        ["overrideCapacity"] = "Let those named in beyond the capacity; on record, and it ends with the RSVP.",
        ["action"] = "What to do with each.",
        ["toPosition"] = "For `move`: the first of them gets this place in line, the others follow.",
        ["dryRun"] = "Only say what would happen.",

        ["title"] = "What people read in the list.",
        ["startsAt"] = "When it begins.",
        ["endsAt"] = "When it ends; null when nobody knows.",
        ["capacity"] = "People it can hold; null is unlimited, with 0 everyone waits.",
        ["maxPartySize"] = "People in one party, at most.",
        ["maxGroupSize"] = "Members of a group registered by somebody who is no host, at most.",
        ["waitlistEnabled"] = "Whether people may wait when it is full; who waits already is let in either way.",
        ["waitlistLimit"] = "Places in line; null is no limit.",
        ["skipLimit"] = "How often a party that does not fit may be passed over before the line waits for it; null is no limit.",
        ["promotionMode"] = "`auto`: the next in line is confirmed at once; `offer`: the seats are held until the party answers.",
        ["offerMinutes"] = "How long an offer stands, in minutes.",
        ["promotionCutoffMinutes"] = "Nobody is promoted automatically from this many minutes before the start.",
        ["registrationOpensAt"] = "When asking begins; null is at once.",
        ["registrationClosesAt"] = "When asking ends; null is when it starts.",
        ["participantsVisible"] = "Whether everybody may see who comes.",

        ["name"] = "What others see.",
        ["email"] = "The address to write to; among notifications, whether to.",
        ["birthYear"] = "For statistics.",
        ["city"] = "For statistics.",

        ["webhook"] = "Whether the registered webhooks are called.",
        ["mutedKinds"] = "Kinds of news that are not told.",
        ["url"] = "Where to call.",

        ["status"] = "Only RSVPs in this status.",
        ["search"] = "Only RSVPs of people whose name contains this, whatever the case.",
        ["when"] = "`past`: those whose end (or start, without one) has passed; `upcoming`: the others; both unless said.",
        ["limit"] = "Items on a page; more than 500 counts as 500.",
        ["cursor"] = "The `nextCursor` of the page before.",
    };

    private static readonly Dictionary<string, string[]> Choices = new(StringComparer.Ordinal)
    {
        ["status"] = ["confirmed", "waitlisted", "offered", "cancelled"],
        ["when"] = ["upcoming", "past"],
    };

    /// <summary>The sentence; null when there is none yet.</summary>
    internal static string? Of(string name) => Texts.GetValueOrDefault(name);

    /// <summary>The only values of a parameter of a query; null for any.</summary>
    internal static IReadOnlyList<string>? ChoicesOf(string name) => Choices.GetValueOrDefault(name);
}
