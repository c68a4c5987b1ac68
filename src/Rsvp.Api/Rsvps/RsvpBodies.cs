using Rsvp.Api.Bodies;
using Rsvp.Contracts;

namespace Rsvp.Api.Rsvps;

/// <summary>Body of <c>POST /api/activities/{id}/rsvp</c>; may be missing.</summary>
internal sealed record SubmitRsvpBody(SubmitRsvp Message) : IBody<SubmitRsvpBody>
{
    public static SubmitRsvpBody Read(JsonFields fields) => new(new SubmitRsvp
    {
        GuestCount = fields.Integer("guestCount", 0, PartyBounds.GuestsMax) ?? fields.Default("guestCount", 0),
        SpecialRequirements = fields.Text("specialRequirements", PartyBounds.RequirementsMax, nullable: true),
        RejectIfFull = (fields.OneOf("ifFull", "waitlist", "reject") ?? fields.Default("ifFull", "waitlist")) == "reject",
    });
}

/// <summary>Body of <c>PUT /api/activities/{id}/rsvp</c>: absent keeps, null clears.</summary>
internal sealed record UpdateRsvpBody(UpdateRsvp Message) : IBody<UpdateRsvpBody>
{
    public static UpdateRsvpBody Read(JsonFields fields) => new(new UpdateRsvp
    {
        GuestCount = fields.Integer("guestCount", 0, PartyBounds.GuestsMax),
        SpecialRequirements = fields.Text("specialRequirements", PartyBounds.RequirementsMax, nullable: true),
        SetsSpecialRequirements = fields.Has("specialRequirements"),
    });
}

/// <summary>What holds for every party; an activity may set narrower bounds, which its partition judges.</summary>
internal static class PartyBounds
{
    internal const int GuestsMax = 99;
    internal const int RequirementsMax = 1_000;
    internal const int ReasonMax = 500;
}
