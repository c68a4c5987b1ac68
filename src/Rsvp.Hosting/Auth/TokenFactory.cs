using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rsvp.Hosting.Auth;

/// <summary>Signs tokens as the services accept them (HS256). For development and tests: elsewhere an identity provider does it.</summary>
/// <param name="jwt">Issuer, audience and key.</param>
/// <param name="time">The clock that tokens begin by.</param>
public sealed class TokenFactory(JwtOptions jwt, TimeProvider time)
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SigningCredentials _credentials = new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(jwt.Key)), SecurityAlgorithms.HmacSha256);

    /// <summary>Makes a token that is valid from now on.</summary>
    /// <param name="userId">Whose it is.</param>
    /// <param name="lifetime">For how long it is valid.</param>
    /// <param name="name">Its <c>name</c>; null for none.</param>
    /// <param name="email">Its <c>email</c>; null for none.</param>
    /// <param name="role">Its <c>role</c>; null for none.</param>
    public string Create(Guid userId, TimeSpan lifetime, string? name = null, string? email = null, string? role = null)
    {
        var claims = new Dictionary<string, object> { ["sub"] = userId.ToString() };
        Add("name", name);
        Add("email", email);
        Add("role", role);

        var now = time.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = jwt.Issuer,
            Audience = jwt.Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + lifetime,
            Claims = claims,
            SigningCredentials = _credentials,
        });

        void Add(string claim, string? value)
        {
            if (value is not null)
            {
                claims[claim] = value;
            }
        }
    }
}
