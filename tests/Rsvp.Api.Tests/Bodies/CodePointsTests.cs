using Rsvp.Api.Bodies;

namespace Rsvp.Api.Tests.Bodies;

public sealed class CodePointsTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("  ", null)]
    [InlineData("Ann", "Ann")]
    [InlineData("A\0nn", "Ann")]
    [InlineData("Annabel", "Annab")]
    [InlineData("\U0001F600\U0001F600\U0001F600", "\U0001F600\U0001F600\U0001F600")]
    public void Text_from_a_token_is_made_fit_to_store(string? text, string? expected) => Assert.Equal(expected, CodePoints.Clean(text, 5));

    // Not as data of the theory: attributes are stored as UTF-8, which has no lone surrogates.
    [Fact]
    public void A_lone_surrogate_in_a_token_is_replaced() => Assert.Equal("Ann\uFFFD", CodePoints.Clean("Ann\uD83D", 5));
}
