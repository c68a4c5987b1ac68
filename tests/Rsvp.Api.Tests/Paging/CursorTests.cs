using Rsvp.Api.Paging;
using Rsvp.Api.Problems;

namespace Rsvp.Api.Tests.Paging;

public sealed class CursorTests
{
    [Fact]
    public void A_cursor_comes_back_as_it_went()
    {
        var cursor = new Cursor(long.MaxValue / 8, Guid.NewGuid(), Guid.NewGuid());
        var time = new DateTimeOffset(2030, 1, 31, 18, 0, 0, 1, 2, TimeSpan.FromHours(2));

        Assert.Equal(cursor, Cursor.Read(cursor.ToString()));
        Assert.Equal(time, Cursor.Read(Cursor.After(time, Guid.Empty).ToString()).Time);
    }

    [Fact]
    public void No_cursor_is_the_start() => Assert.Equal(DateTimeOffset.MinValue, Cursor.Read(null).Time);

    [Theory]
    [InlineData("x")]
    [InlineData("====")]
    [InlineData("AAAA")]
    [InlineData("f_________8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("'; DROP TABLE rsvps; --")]
    public void Anything_else_is_refused(string cursor) => Assert.Throws<ProblemException>(() => Cursor.Read(cursor));
}
