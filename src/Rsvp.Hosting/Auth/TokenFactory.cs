using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Rsvp.Cli.Instances;

namespace Rsvp.Cli.Tokens;

/// <summary>Signs development tokens.</summary>
internal sealed class TokenFactory(JwtSettings settings, TimeProvider time)
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials _credentials = new(
        new SymmetricSecurityKey(Encoding.UTF8.GetBytes(settings.Key)), SecurityAlgorithms.HmacSha256);

    internal string Create(Guid userId, TimeSpan lifetime, string? name = null, string? email = null, string? role = null)
    {
        var claims = new Dictionary<string, object> { ["sub"] = userId.ToString() };
        if (name is not null) claims["name"] = name;
        if (email is not null) claims["email"] = email;
        if (role is not null) claims["role"] = role;

        DateTime now = time.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = settings.Issuer,
            Audience = settings.Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + lifetime,
            Claims = claims,
            SigningCredentials = _credentials,
        });
    }
}
