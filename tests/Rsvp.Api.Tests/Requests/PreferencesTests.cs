using Microsoft.Extensions.Primitives;
using Rsvp.Api.Requests;

namespace Rsvp.Api.Tests.Requests;

public sealed class PreferencesTests
{
    [Theory]
    [InlineData("wait=5", 5)]
    [InlineData("wait=0", 0)]
    [InlineData("WAIT=5", 5)]
    [InlineData("wait = 5", 5)]
    [InlineData("wait=\"5\"", 5)]
    [InlineData("wait=5; foo=bar", 5)]
    [InlineData("respond-async, wait=10", 10)]
    [InlineData("return=minimal;x=1,wait=10", 10)]
    [InlineData("wait=5, wait=10", 5)]
    [InlineData("wait=30", 30)]
    [InlineData("wait=31", 30)]
    [InlineData("wait=99999999999999999999", 30)]
    public void A_wait_is_read_and_bounded(string prefer, int seconds) => Assert.Equal(seconds, Preferences.Wait(prefer));

    [Theory]
    [InlineData("")]
    [InlineData("respond-async")]
    [InlineData("wait")]
    [InlineData("wait=")]
    [InlineData("wait=-1")]
    [InlineData("wait=1.5")]
    [InlineData("wait=soon")]
    [InlineData("waiting=5")]
    [InlineData("x=wait=5")]
    public void What_is_no_wait_is_no_preference(string prefer) => Assert.Null(Preferences.Wait(prefer));

    [Fact]
    public void Several_header_lines_are_one_list()
    {
        Assert.Equal(7, Preferences.Wait(new StringValues(["respond-async", "wait=7"])));
        Assert.Null(Preferences.Wait(StringValues.Empty));
    }
}
