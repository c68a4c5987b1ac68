namespace Rsvp.Contracts;

/// <summary>Takes the seats that are held for the caller's party.</summary>
public sealed record AcceptOffer;

/// <summary>Gives back the seats that are held for the caller's party; its RSVP ends.</summary>
public sealed record DeclineOffer;

/// <summary>Ends the offers of an activity whose time is over, and reminds of those that are about to end, by the database's clock.</summary>
/// <remarks>Sent when a deadline is due. Early or repeated, it finds nothing to do.</remarks>
public sealed record ExpireOffers;
