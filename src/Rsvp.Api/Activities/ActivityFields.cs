using Rsvp.Api.Bodies;

namespace Rsvp.Api.Activities;

/// <summary>The settings of an activity as clients write them; what creates and what changes one read the same fields.</summary>
internal sealed class ActivityFields
{
    private const int CapacityMax = 1_000_000;
    private const int SkipLimitMax = 1_000;
    private const double OfferMinutesMax = 10_080;

    // About a tenth of a second: below it a deadline has no meaning with a job that looks twice a second.
    private const double OfferMinutesMinInDevelopment = 0.002;

    // Ten years: keeps the start minus the cut-off a date.
    private const int CutoffMinutesMax = 10 * 366 * 24 * 60;

    internal ActivityFields(JsonFields fields)
    {
        Title = fields.Text("title", codePointsMax: 200, notBlank: true);
        StartsAt = fields.Time("startsAt");
        EndsAt = fields.Time("endsAt", nullable: true);
        Capacity = fields.Integer("capacity", 0, CapacityMax, nullable: true);
        MaxPartySize = fields.Integer("maxPartySize", 1, 100);
        MaxGroupSize = fields.Integer("maxGroupSize", 1, 200);
        WaitlistEnabled = fields.Flag("waitlistEnabled");
        WaitlistLimit = fields.Integer("waitlistLimit", 0, CapacityMax, nullable: true);
        SkipLimit = fields.Integer("skipLimit", 0, SkipLimitMax, nullable: true);
        PromotionMode = fields.OneOf("promotionMode", "auto", "offer");
        OfferMinutes = fields.Rules.AllowsFractionalMinutes
            ? fields.Number("offerMinutes", OfferMinutesMinInDevelopment, OfferMinutesMax)
            : fields.Integer("offerMinutes", 1, (int)OfferMinutesMax);
        PromotionCutoffMinutes = fields.Integer("promotionCutoffMinutes", 0, CutoffMinutesMax);
        RegistrationOpensAt = fields.Time("registrationOpensAt", nullable: true);
        RegistrationClosesAt = fields.Time("registrationClosesAt", nullable: true);
        ParticipantsVisible = fields.Flag("participantsVisible");

        if (EndsAt < StartsAt)
        {
            fields.Refuse("endsAt", "Must not be before startsAt.");
        }

        if ((RegistrationClosesAt ?? StartsAt) <= RegistrationOpensAt)
        {
            fields.Refuse("registrationClosesAt", "Must be after registrationOpensAt; by default it is startsAt.");
        }
    }

    internal string? Title { get; }

    internal DateTimeOffset? StartsAt { get; }

    internal DateTimeOffset? EndsAt { get; }

    internal int? Capacity { get; }

    internal int? MaxPartySize { get; }

    internal int? MaxGroupSize { get; }

    internal bool? WaitlistEnabled { get; }

    internal int? WaitlistLimit { get; }

    internal int? SkipLimit { get; }

    internal string? PromotionMode { get; }

    internal double? OfferMinutes { get; }

    internal int? PromotionCutoffMinutes { get; }

    internal DateTimeOffset? RegistrationOpensAt { get; }

    internal DateTimeOffset? RegistrationClosesAt { get; }

    internal bool? ParticipantsVisible { get; }
}
