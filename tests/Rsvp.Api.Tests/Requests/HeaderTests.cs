using Microsoft.Extensions.Primitives;
using Rsvp.Api.Problems;
using Rsvp.Api.Requests;

namespace Rsvp.Api.Tests.Requests;

public sealed class HeaderTests
{
    [Theory]
    [InlineData("k")]
    [InlineData("8e03978e-40d5-43e8-bc93-6894a57f9324")]
    [InlineData("\"quoted, with a comma\"")]
    public void A_printable_key_is_taken_as_it_is(string key) => Assert.Equal(key, IdempotencyKey.Read(key));

    [Fact]
    public void A_key_of_128_characters_is_taken_and_of_129_refused()
    {
        Assert.NotNull(IdempotencyKey.Read(new string('k', 128)));
        Assert.Throws<ProblemException>(() => IdempotencyKey.Read(new string('k', 129)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tab\there")]
    [InlineData("clé")]
    [InlineData("\u007F")]
    public void Anything_else_is_no_key(string key) => Assert.Throws<ProblemException>(() => IdempotencyKey.Read(key));

    [Fact]
    public void Two_keys_are_refused_and_none_is_fine()
    {
        Assert.Throws<ProblemException>(() => IdempotencyKey.Read(new StringValues(["a", "b"])));
        Assert.Null(IdempotencyKey.Read(StringValues.Empty));
    }

    [Fact]
    public void If_match_is_a_version_or_any()
    {
        Assert.Equal(3, EntityTags.ReadIfMatch("\"3\"")!.Version);
        Assert.Null(EntityTags.ReadIfMatch("*")!.Version);
        Assert.Null(EntityTags.ReadIfMatch(StringValues.Empty));
        Assert.Equal("\"3\"", EntityTags.Of(3));
    }

    [Theory]
    [InlineData("W/\"3\"")]
    [InlineData("3")]
    [InlineData("\"\"")]
    [InlineData("\"three\"")]
    [InlineData("\"-3\"")]
    [InlineData("\"3")]
    [InlineData("\"3\", \"4\"")]
    [InlineData("\"99999999999999999999\"")]
    [InlineData("")]
    public void Weak_and_malformed_tags_are_refused(string tag) => Assert.Throws<ProblemException>(() => EntityTags.ReadIfMatch(tag));
}
