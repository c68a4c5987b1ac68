using System.Text;
using Rsvp.Api.Rsvps;

namespace Rsvp.Api.Tests.Rsvps;

public sealed class CsvResultTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("Ann", "Ann")]
    [InlineData("Ann, Bob", "\"Ann, Bob\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+49", "'+49")]
    [InlineData("-1", "'-1")]
    [InlineData("@cmd", "'@cmd")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"")]
    public void A_cell_is_quoted_where_needed_and_never_a_formula(string? text, string expected)
    {
        var line = new StringBuilder();

        CsvResult.AppendText(line, text);

        Assert.Equal(expected, line.ToString());
    }
}
