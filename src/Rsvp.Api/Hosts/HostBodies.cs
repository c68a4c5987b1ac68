using Rsvp.Api.Bodies;
using Rsvp.Api.Rsvps;
using Rsvp.Contracts;

namespace Rsvp.Api.Hosts;

/// <summary>Body of a command that takes a reason and nothing else; may be missing.</summary>
internal sealed record ReasonBody(string? Reason) : IBody<ReasonBody>
{
    public static ReasonBody Read(JsonFields fields) => new(fields.Text("reason", PartyBounds.ReasonMax, nullable: true));
}

/// <summary>Body of <c>POST /api/activities/{id}/waitlist/promote</c>: the next ones, or those named.</summary>
internal sealed record PromoteBody(PromoteWaitlist Message) : IBody<PromoteBody>
{
    /// <summary>Places or RSVPs in one command.</summary>
    internal const int PlacesMax = 500;

    public static PromoteBody Read(JsonFields fields)
    {
        var body = new PromoteBody(new PromoteWaitlist
        {
            Count = fields.Integer("count", 1, PlacesMax),
            RsvpIds = fields.Ids("rsvpIds", 1, PlacesMax),
            OverrideCapacity = fields.Flag("overrideCapacity") ?? fields.Default("overrideCapacity", false),
        });
        if (fields.Has("count") == fields.Has("rsvpIds"))
        {
            fields.Refuse("count", "Either count or rsvpIds is required, and not both.");
        }
        else if (fields.Has("count") && body.Message.OverrideCapacity)
        {
            fields.Refuse("overrideCapacity", "Only those named can go beyond the capacity.");
        }

        return body;
    }
}

/// <summary>Body of <c>POST /api/activities/{id}/waitlist/bulk</c>.</summary>
internal sealed record BulkBody(BulkWaitlist Message) : IBody<BulkBody>
{
    private const int PositionMax = 1_000_000;

    public static BulkBody Read(JsonFields fields)
    {
        fields.Require("action");
        fields.Require("rsvpIds");
        var body = new BulkBody(new BulkWaitlist
        {
            Action = fields.OneOf("action", "promote", "remove", "move") ?? "",
            RsvpIds = fields.Ids("rsvpIds", 1, PromoteBody.PlacesMax),
            ToPosition = fields.Integer("toPosition", 1, PositionMax),
            Reason = fields.Text("reason", PartyBounds.ReasonMax, nullable: true),
            DryRun = fields.Flag("dryRun") ?? fields.Default("dryRun", false),
        });
        if (body.Message.Action == "move")
        {
            fields.Require("toPosition");
        }
        else if (fields.Has("toPosition"))
        {
            fields.Refuse("toPosition", "Is for the action move only.");
        }

        return body;
    }
}

/// <summary>Body of <c>POST /api/activities/{id}/walk-ins</c>.</summary>
internal sealed record WalkInBody(WalkIn Message) : IBody<WalkInBody>
{
    public static WalkInBody Read(JsonFields fields)
    {
        fields.Require("userId");
        return new WalkInBody(new WalkIn
        {
            UserId = fields.Id("userId") ?? Guid.Empty,
            GuestCount = fields.Integer("guestCount", 0, PartyBounds.GuestsMax) ?? fields.Default("guestCount", 0),
        });
    }
}
