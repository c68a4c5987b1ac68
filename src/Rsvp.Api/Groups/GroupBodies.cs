using Rsvp.Api.Bodies;
using Rsvp.Api.Rsvps;
using Rsvp.Contracts;

namespace Rsvp.Api.Groups;

/// <summary>Body of <c>POST /api/activities/{id}/rsvps/group</c>.</summary>
internal sealed record RegisterGroupBody(RegisterGroup Message) : IBody<RegisterGroupBody>
{
    /// <summary>Members of the largest group there can be: a host's.</summary>
    internal const int MembersMax = 200;

    public static RegisterGroupBody Read(JsonFields fields)
    {
        fields.Require("mode");
        fields.Require("members");
        return new RegisterGroupBody(new RegisterGroup
        {
            AllOrNothing = fields.OneOf("mode", "all_or_nothing", "best_effort") == "all_or_nothing",
            Members = fields.Objects("members", 1, MembersMax, ReadMember),
            RejectIfFull = (fields.OneOf("ifFull", "waitlist", "reject") ?? fields.Default("ifFull", "waitlist")) == "reject",
        });
    }

    private static GroupMember ReadMember(JsonFields fields)
    {
        fields.Require("userId");
        return new GroupMember
        {
            UserId = fields.Id("userId") ?? Guid.Empty,
            GuestCount = fields.Integer("guestCount", 0, PartyBounds.GuestsMax) ?? fields.Default("guestCount", 0),
            SpecialRequirements = fields.Text("specialRequirements", PartyBounds.RequirementsMax, nullable: true),
        };
    }
}
