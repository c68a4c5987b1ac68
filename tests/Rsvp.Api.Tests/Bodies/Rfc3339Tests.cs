using Rsvp.Api.Bodies;

namespace Rsvp.Api.Tests.Bodies;

public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData("2030-01-31T18:00:00Z", "2030-01-31T18:00:00.0000000+00:00")]
    [InlineData("2030-01-31T18:00:00+02:00", "2030-01-31T16:00:00.0000000+00:00")]
    [InlineData("2030-01-31t18:00:00z", "2030-01-31T18:00:00.0000000+00:00")]
    [InlineData("2030-01-31T18:00:00.5Z", "2030-01-31T18:00:00.5000000+00:00")]
    [InlineData("2030-01-31T18:00:00.1234567Z", "2030-01-31T18:00:00.1234560+00:00")]
    [InlineData("2030-01-31T18:00:00.123456789-01:30", "2030-01-31T19:30:00.1234560+00:00")]
    public void Times_with_an_offset_are_read_to_the_microsecond(string text, string expected)
    {
        Assert.True(Rfc3339.TryParse(text, out var time));
        Assert.Equal(expected, time.ToString("O"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2030-01-31")]
    [InlineData("2030-01-31T18:00:00")]
    [InlineData("2030-01-31 18:00:00Z")]
    [InlineData("2030-02-30T18:00:00Z")]
    [InlineData("2030-01-31T24:01:00Z")]
    [InlineData("31.1.2030")]
    [InlineData("1893456000")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    public void Anything_else_is_no_time(string text) => Assert.False(Rfc3339.TryParse(text, out _));
}
