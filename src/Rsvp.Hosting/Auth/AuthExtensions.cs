using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Rsvp.Hosting.Auth;

/// <summary>Adds token checks and a fallback policy that denies.</summary>
public static class AuthExtensions
{
    /// <summary>Accepts HS256 tokens as <see cref="JwtOptions"/> says; an endpoint without a policy of its own needs a valid token.</summary>
    /// <param name="builder">The host.</param>
    public static void AddTokenAuth(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<JwtOptions>().BindConfiguration("Jwt").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IOptions<JwtOptions>, TimeProvider>((bearer, jwt, time) => Configure(bearer, jwt.Value, time));
        builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    /// <summary>The caller's user id: the token's <c>sub</c>, which is a UUID or the token was refused.</summary>
    /// <param name="principal">An authenticated caller.</param>
    /// <exception cref="InvalidOperationException">The caller is not authenticated.</exception>
    public static Guid UserId(this ClaimsPrincipal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return Guid.TryParse(principal.FindFirst("sub")?.Value, out var userId)
            ? userId
            : throw new InvalidOperationException("There is no authenticated user.");
    }

    /// <summary>Whether the token's role is <c>admin</c>.</summary>
    /// <param name="principal">A caller.</param>
    public static bool IsAdmin(this ClaimsPrincipal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return principal.HasClaim("role", "admin");
    }

    private static void Configure(JwtBearerOptions bearer, JwtOptions jwt, TimeProvider time)
    {
        bearer.MapInboundClaims = false;
        bearer.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = jwt.Issuer,
            ValidAudience = jwt.Audience,
            IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(jwt.Key)),
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = TimeSpan.FromSeconds(30),
            LifetimeValidator = (notBefore, expires, _, parameters) => IsInTime(notBefore, expires, time.GetUtcNow().UtcDateTime, parameters.ClockSkew),
            NameClaimType = "name",
            RoleClaimType = "role",
        };
        bearer.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                if (!Guid.TryParse(context.Principal?.FindFirst("sub")?.Value, out var userId) || userId == Guid.Empty)
                {
                    context.Fail("The token's sub is no UUID.");
                }

                return Task.CompletedTask;
            },
        };
    }

    // As the library does it, by the service's clock in place of the machine's.
    private static bool IsInTime(DateTime? notBefore, DateTime? expires, DateTime now, TimeSpan skew) =>
        expires is not null && !(expires < notBefore) && expires >= now - skew && !(notBefore > now + skew);
}
