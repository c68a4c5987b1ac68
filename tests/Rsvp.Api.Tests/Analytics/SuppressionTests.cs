using Rsvp.Api.Analytics;

namespace Rsvp.Api.Tests.Analytics;

public sealed class SuppressionTests
{
    [Theory]
    [InlineData("9 7 5", "9 7 5", 0)]
    [InlineData("9 7 4", "9", 11)] // 4 would follow from the total: 7 hides with it.
    [InlineData("9 7 2 2", "9", 11)] // So would 4 of two groups.
    [InlineData("9 7 4 1", "9 7", 5)]
    [InlineData("9 4 3", "9", 7)]
    [InlineData("5 1", "", 6)]
    [InlineData("3 1", "", null)]
    [InlineData("4", "", null)]
    [InlineData("5", "5", 0)]
    [InlineData("", "", 0)]
    public void Fewer_than_five_are_not_shown_and_do_not_follow_from_the_total(string sizes, string shown, int? others)
    {
        var groups = sizes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((size, index) => new GroupFigure($"g{index}", long.Parse(size, null)));

        var figures = Suppression.Of(groups);

        Assert.Equal(shown, string.Join(' ', figures.Groups.Select(group => group.People)));
        Assert.Equal(others, figures.Others);
    }
}
