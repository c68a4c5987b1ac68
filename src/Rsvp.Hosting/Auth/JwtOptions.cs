using System.ComponentModel.DataAnnotations;

namespace Rsvp.Hosting.Auth;

/// <summary>How tokens are checked; section <c>Jwt</c>.</summary>
public sealed class JwtOptions
{
    /// <summary>The only accepted <c>iss</c>.</summary>
    [Required]
    public string Issuer { get; set; } = "";

    /// <summary>The only accepted <c>aud</c>.</summary>
    [Required]
    public string Audience { get; set; } = "";

    /// <summary>UTF-8 text of the HS256 key; at least 32 bytes (RFC 7518, section 3.2).</summary>
    [Required]
    [MinLength(32)]
    public string Key { get; set; } = "";
}
