using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Rsvp.Testing;

/// <summary>Tokens that are wrong in one respect each, and some that are just good enough.</summary>
/// <param name="issuer">Whom the service believes.</param>
/// <param name="audience">What the service is.</param>
/// <param name="key">The service's HS256 key.</param>
public sealed class BadTokens(string issuer, string audience, string key)
{
    private readonly DateTime _now = TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <summary>What is wrong, and the token.</summary>
    public IReadOnlyDictionary<string, string> All()
    {
        using var rsa = RSA.Create(2048);
        var publicKey = rsa.ExportSubjectPublicKeyInfoPem();
        var good = With(_ => { });
        return new Dictionary<string, string>
        {
            ["wrong key"] = With(token => token.SigningCredentials = Hmac(Encoding.UTF8.GetBytes("another key of 32 characters....."), SecurityAlgorithms.HmacSha256)),
            ["another algorithm with the right key"] = With(token => token.SigningCredentials = Hmac(Padded(key), SecurityAlgorithms.HmacSha512)),
            ["signed by RSA"] = With(token => token.SigningCredentials = new SigningCredentials(new RsaSecurityKey(rsa.ExportParameters(true)), SecurityAlgorithms.RsaSha256)),
            ["signed by HMAC under a public key"] = With(token => token.SigningCredentials = Hmac(Encoding.UTF8.GetBytes(publicKey), SecurityAlgorithms.HmacSha256)),
            ["brings its own key"] = With(token =>
            {
                token.SigningCredentials = new SigningCredentials(new RsaSecurityKey(rsa.ExportParameters(true)), SecurityAlgorithms.RsaSha256);
                token.AdditionalHeaderClaims = new Dictionary<string, object> { ["jwk"] = OwnKey(rsa.ExportParameters(false)) };
            }),
            ["no signature"] = With(token => token.SigningCredentials = null),
            ["alg none in other letters"] = Unsigned("nOnE", good),
            ["says HS256 and has no signature"] = good[..(good.LastIndexOf('.') + 1)],
            ["signature of another token"] = good[..(good.LastIndexOf('.') + 1)] + With(token => token.Audience = "x").Split('.')[2],
            ["changed after signing"] = Changed(good),
            ["expired"] = With(token => token.Expires = _now.AddSeconds(-45)),
            ["never expires"] = With(token => token.Expires = null),
            ["not valid yet"] = With(token => token.NotBefore = _now.AddSeconds(45)),
            ["wrong issuer"] = With(token => token.Issuer = "somebody"),
            ["no issuer"] = With(token => token.Issuer = null),
            ["wrong audience"] = With(token => token.Audience = "something"),
            ["no audience"] = With(token => token.Audience = null),
            ["no sub"] = With(token => token.Claims.Clear()),
            ["sub is no UUID"] = With(token => token.Claims["sub"] = "ann"),
            ["sub is the empty UUID"] = With(token => token.Claims["sub"] = Guid.Empty.ToString()),
            ["truncated"] = good[..^5],
            ["too many parts"] = good + ".x",
            ["no token at all"] = "x",
        };
    }

    /// <summary>Tokens that are accepted, though the clocks of two machines disagree by less than the 30 seconds that are tolerated.</summary>
    public IReadOnlyDictionary<string, string> WithinTolerance() => new Dictionary<string, string>
    {
        ["good"] = With(_ => { }),
        ["ended 10 seconds ago"] = With(token => token.Expires = _now.AddSeconds(-10)),
        ["begins in 20 seconds"] = With(token => token.NotBefore = _now.AddSeconds(20)),
    };

    private static SigningCredentials Hmac(byte[] secret, string algorithm) => new(new SymmetricSecurityKey(secret), algorithm)
    {
        CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
    };

    // HMAC pads its key with zeros, so a longer key that ends in them is the same key.
    private static byte[] Padded(string key)
    {
        var secret = Encoding.UTF8.GetBytes(key);
        return secret.Length >= 64 ? secret : [.. secret, .. new byte[64 - secret.Length]];
    }

    private static Dictionary<string, object> OwnKey(RSAParameters key) => new()
    {
        ["kty"] = "RSA",
        ["n"] = Base64UrlEncoder.Encode(key.Modulus),
        ["e"] = Base64UrlEncoder.Encode(key.Exponent),
    };

    private static string Unsigned(string algorithm, string token) =>
        Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""") + "." + token.Split('.')[1] + ".";

    private static string Changed(string token)
    {
        var parts = token.Split('.');
        var claims = Base64UrlEncoder.Decode(parts[1]);
        return $"{parts[0]}.{Base64UrlEncoder.Encode(claims.Insert(1, """ "role":"admin","""))}.{parts[2]}";
    }

    private string With(Action<SecurityTokenDescriptor> change)
    {
        var token = new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Claims = new Dictionary<string, object> { [JwtRegisteredClaimNames.Sub] = Guid.NewGuid().ToString() },
            Expires = _now.AddHours(1),
            SigningCredentials = Hmac(Encoding.UTF8.GetBytes(key), SecurityAlgorithms.HmacSha256),
        };
        change(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }
}
