using Rsvp.Api.Problems;
using Rsvp.Api.Rsvps;
using Rsvp.Api.Tests.Bodies;

namespace Rsvp.Api.Tests.Rsvps;

public sealed class RsvpBodiesTests
{
    [Fact]
    public async Task A_submit_says_guests_requirements_and_what_to_do_when_full()
    {
        var message = (await BodyReading.ReadAsync<SubmitRsvpBody>("""{"guestCount":99,"specialRequirements":"ramp","ifFull":"reject"}""")).Message;

        Assert.Equal((99, "ramp", true), (message.GuestCount, message.SpecialRequirements, message.RejectIfFull));
    }

    [Theory]
    [InlineData("guestCount", "-1")]
    [InlineData("guestCount", "100")]
    [InlineData("guestCount", "null")]
    [InlineData("guestCount", "1e9")]
    [InlineData("specialRequirements", "5")]
    [InlineData("ifFull", "null")]
    [InlineData("ifFull", "\"REJECT\"")]
    [InlineData("userId", "\"11111111-1111-4111-8111-111111111111\"")]
    [InlineData("partySize", "2")]
    [InlineData("waitlistPosition", "1")]
    public async Task A_submit_with_anything_else_is_refused_by_name(string field, string value) =>
        Assert.Equal([field], (await BodyReading.RefusalAsync<SubmitRsvpBody>($"{{\"{field}\":{value}}}")).Keys);

    [Fact]
    public async Task An_update_keeps_what_is_absent()
    {
        var message = (await BodyReading.ReadAsync<UpdateRsvpBody>("{}")).Message;

        Assert.Equal((null, false, null), (message.GuestCount, message.SetsSpecialRequirements, message.SpecialRequirements));
    }

    [Fact]
    public async Task An_update_clears_requirements_with_null()
    {
        var message = (await BodyReading.ReadAsync<UpdateRsvpBody>("{\"specialRequirements\":null}")).Message;

        Assert.Equal((true, null), (message.SetsSpecialRequirements, message.SpecialRequirements));
    }

    [Fact]
    public async Task Guests_cannot_be_cleared() =>
        Assert.Equal(["guestCount"], (await BodyReading.RefusalAsync<UpdateRsvpBody>("{\"guestCount\":null}")).Keys);

    [Fact]
    public void A_reason_is_bounded_text()
    {
        Assert.Null(ReasonParameter.Check(null));
        Assert.Null(ReasonParameter.Check(""));
        Assert.Equal("ill", ReasonParameter.Check("ill"));
        Assert.Throws<ProblemException>(() => ReasonParameter.Check(new string('r', 501)));
        Assert.Throws<ProblemException>(() => ReasonParameter.Check("a\0b"));
        Assert.Throws<ProblemException>(() => ReasonParameter.Check("\uD800"));
    }
}
