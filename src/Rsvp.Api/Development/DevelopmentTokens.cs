using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Rsvp.Hosting.Auth;

namespace Rsvp.Api.Development;

/// <summary>Signs tokens for anybody. It exists in development alone, where there is no identity provider to ask.</summary>
internal sealed class DevelopmentTokens(IOptions<JwtOptions> options, TimeProvider timeProvider)
{
    // A day at the desk.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials _credentials =
        new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(options.Value.Key)), SecurityAlgorithms.HmacSha256);

    internal string Create(Guid userId, string name)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = options.Value.Issuer,
            Audience = options.Value.Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Lifetime,
            Claims = new Dictionary<string, object> { ["sub"] = userId.ToString(), ["name"] = name },
            SigningCredentials = _credentials,
        });
    }
}
