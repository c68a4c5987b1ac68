using Rsvp.Api.Bodies;
using Rsvp.Contracts;

namespace Rsvp.Api.Activities;

/// <summary>Body of <c>POST /api/activities</c>; what is absent takes its default.</summary>
internal sealed record CreateActivityBody(ActivitySettings Settings) : IBody<CreateActivityBody>
{
    public static CreateActivityBody Read(JsonFields fields)
    {
        var given = new ActivityFields(fields);
        fields.Require("title");
        fields.Require("startsAt");
        fields.Require("capacity");
        if (given.StartsAt <= fields.Rules.Now)
        {
            fields.Refuse("startsAt", "Must be in the future.");
        }

        var settings = new ActivitySettings
        {
            Title = given.Title ?? "",
            StartsAt = given.StartsAt ?? default,
            EndsAt = given.EndsAt,
            Capacity = given.Capacity,
            WaitlistLimit = given.WaitlistLimit,
            RegistrationOpensAt = given.RegistrationOpensAt,
            RegistrationClosesAt = given.RegistrationClosesAt,
        };
        return new CreateActivityBody(settings with
        {
            MaxPartySize = given.MaxPartySize ?? fields.Default("maxPartySize", settings.MaxPartySize),
            MaxGroupSize = given.MaxGroupSize ?? fields.Default("maxGroupSize", settings.MaxGroupSize),
            WaitlistEnabled = given.WaitlistEnabled ?? fields.Default("waitlistEnabled", settings.WaitlistEnabled),
            SkipLimit = fields.Has("skipLimit") ? given.SkipLimit : fields.Default("skipLimit", settings.SkipLimit!.Value),
            PromotionMode = given.PromotionMode ?? fields.Default("promotionMode", settings.PromotionMode),
            OfferMinutes = given.OfferMinutes ?? fields.Default("offerMinutes", settings.OfferMinutes),
            PromotionCutoffMinutes = given.PromotionCutoffMinutes ?? fields.Default("promotionCutoffMinutes", settings.PromotionCutoffMinutes),
            ParticipantsVisible = given.ParticipantsVisible ?? fields.Default("participantsVisible", settings.ParticipantsVisible),
        });
    }
}

/// <summary>Body of <c>PATCH /api/activities/{id}</c>: absent keeps, null clears.</summary>
internal sealed record UpdateActivityBody(UpdateActivity Changes) : IBody<UpdateActivityBody>
{
    public static UpdateActivityBody Read(JsonFields fields)
    {
        var given = new ActivityFields(fields);
        return new UpdateActivityBody(new UpdateActivity
        {
            Title = given.Title,
            StartsAt = given.StartsAt,
            EndsAt = given.EndsAt,
            Capacity = given.Capacity,
            MaxPartySize = given.MaxPartySize,
            MaxGroupSize = given.MaxGroupSize,
            WaitlistEnabled = given.WaitlistEnabled,
            WaitlistLimit = given.WaitlistLimit,
            SkipLimit = given.SkipLimit,
            PromotionMode = given.PromotionMode,
            OfferMinutes = given.OfferMinutes,
            PromotionCutoffMinutes = given.PromotionCutoffMinutes,
            RegistrationOpensAt = given.RegistrationOpensAt,
            RegistrationClosesAt = given.RegistrationClosesAt,
            ParticipantsVisible = given.ParticipantsVisible,
            Clear = fields.Nulls,
        });
    }
}
