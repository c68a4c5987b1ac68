using Rsvp.Cli.Storm;

namespace Rsvp.Cli.Tests.Storm;

public sealed class StormOptionsTests
{
    [Theory]
    [InlineData("1", 1, 1)]
    [InlineData("1-4", 1, 4)]
    public void Party_sizes_are_a_number_or_a_range(string text, int min, int max) => Assert.Equal((min, max), StormOptions.ParseParty(text));

    [Theory]
    [InlineData("0")]
    [InlineData("4-1")]
    [InlineData("many")]
    public void Other_party_sizes_are_refused(string text) => Assert.Throws<ToolException>(() => StormOptions.ParseParty(text));

    [Theory]
    [InlineData("100ms", 100)]
    [InlineData("1.5s", 1500)]
    [InlineData("60s", 60_000)]
    public void Times_are_a_number_and_a_unit(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), StormOptions.ParseInterval(text));

    [Theory]
    [InlineData("100")]
    [InlineData("0ms")]
    [InlineData("-5ms")]
    [InlineData("1h")]
    [InlineData("61s")]
    [InlineData("ms")]
    public void Other_times_are_refused(string text) => Assert.Throws<ToolException>(() => StormOptions.ParseInterval(text));
}
