using System.Security.Claims;
using Rsvp.Api.Bodies;
using Rsvp.Contracts;
using Rsvp.Hosting.Auth;

namespace Rsvp.Api.Callers;

/// <summary>Who asks, as commands carry it.</summary>
internal static class CallerExtensions
{
    // A display name or an address longer than this is cut: it would only make messages large. 254 is the longest address there is (RFC 5321).
    private const int NameCodePointsMax = 200;
    private const int EmailCodePointsMax = 254;

    internal static Caller ToCaller(this ClaimsPrincipal principal) => new()
    {
        UserId = principal.UserId(),
        Name = CodePoints.Clean(principal.FindFirst("name")?.Value, NameCodePointsMax),
        Email = CodePoints.Clean(principal.FindFirst("email")?.Value, EmailCodePointsMax),
        IsAdmin = principal.IsAdmin(),
    };
}
