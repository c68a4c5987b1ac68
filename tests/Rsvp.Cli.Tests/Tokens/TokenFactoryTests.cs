using System.Text;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Rsvp.Cli.Instances;

namespace Rsvp.Cli.Tests.Tokens;

public sealed class TokenFactoryTests
{
    private static readonly JwtSettings Settings = new("issuer", "audience", new string('k', 32));
    private static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task A_token_is_signed_with_the_text_of_the_key_and_carries_what_was_asked_for()
    {
        var user = Guid.NewGuid();

        string text = Settings.Tokens(new FakeTimeProvider(Now)).Create(user, TimeSpan.FromMinutes(5), "Ada", "ada@example.org", "admin");

        TokenValidationResult result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidIssuer = "issuer",
            ValidAudience = "audience",
            IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Settings.Key)),
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ValidateLifetime = false,
        });
        Assert.True(result.IsValid, result.Exception?.Message);
        var token = (JsonWebToken)result.SecurityToken;
        Assert.Equal(user.ToString(), token.Subject);
        Assert.Equal("Ada", token.GetClaim("name").Value);
        Assert.Equal("ada@example.org", token.GetClaim("email").Value);
        Assert.Equal("admin", token.GetClaim("role").Value);
        Assert.Equal(Now.AddMinutes(5).UtcDateTime, token.ValidTo);
    }

    [Fact]
    public void What_was_not_asked_for_is_not_there()
    {
        var token = new JsonWebToken(Settings.Tokens(new FakeTimeProvider(Now)).Create(Guid.NewGuid(), TimeSpan.FromMinutes(5)));

        Assert.DoesNotContain(token.Claims, claim => claim.Type is "name" or "email" or "role");
    }
}
