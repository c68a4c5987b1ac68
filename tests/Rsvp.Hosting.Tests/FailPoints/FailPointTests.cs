using Rsvp.Hosting.FailPoints;

namespace Rsvp.Hosting.Tests.FailPoints;

public sealed class FailPointTests
{
    [Fact]
    public void A_place_throws_at_the_time_that_was_named_and_at_no_other()
    {
        FailPoint.Arm("here:throw:2,there:throw");

        FailPoint.Hit("here");
        Assert.Throws<FailPointException>(() => FailPoint.Hit("here"));
        FailPoint.Hit("here");
        Assert.Throws<FailPointException>(() => FailPoint.Hit("there"));
        FailPoint.Hit("elsewhere");
    }

    [Theory]
    [InlineData("after_commit")]
    [InlineData("after_commit:stop")]
    [InlineData("after_commit:kill:0")]
    [InlineData("after_commit:kill:soon")]
    [InlineData("AfterCommit:kill")]
    [InlineData("after_commit:kill,")]
    public void What_is_no_fail_point_is_said_to_be_none(string setting) => Assert.Throws<FormatException>(() => FailPoint.Arm(setting));
}
