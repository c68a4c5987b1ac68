using System.Security.Claims;
using System.Text.Json.Serialization;
using Rsvp.Hosting.Auth;
using Rsvp.Hosting.Problems;

namespace Rsvp.Bench.Rivals;

/// <summary>The contract's submit: 201 with the outcome, or a refusal.</summary>
internal static class SubmitEndpoint
{
    internal static void MapSubmit(this IEndpointRouteBuilder routes) => routes.MapPost("/api/activities/{activityId:guid}/rsvp", SubmitAsync);

    private static async Task SubmitAsync(HttpContext http, Guid activityId, ClaimsPrincipal caller, ISubmitDesign design, CancellationToken cancellationToken)
    {
        SubmitBody? body = await http.Request.ReadFromJsonAsync(RivalJson.Default.SubmitBody, cancellationToken);
        var asking = new Asking(activityId, caller.UserId(), body?.GuestCount ?? 0);
        Decided? decided = asking.GuestCount is >= 0 and < 100 ? await design.SubmitAsync(asking, cancellationToken) : null;
        if (decided is null)
        {
            http.Response.StatusCode = StatusCodes.Status409Conflict;
            await http.Response.WriteAsJsonAsync(new Problem(ProblemCodes.AlreadyRegistered), RivalJson.Default.Problem, "application/problem+json", cancellationToken);
            return;
        }

        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.Headers.Location = $"/api/rsvps/{decided.RsvpId:D}";
        var rsvp = new RsvpAnswer(
            decided.RsvpId, activityId, asking.UserId, decided.Position is null ? "confirmed" : "waitlisted", asking.GuestCount, asking.PartySize, decided.Position,
            decided.At, decided.At, 1);
        await http.Response.WriteAsJsonAsync(new SubmitAnswer(decided.RsvpId, "completed", rsvp), RivalJson.Default.SubmitAnswer, null, cancellationToken);
    }
}

/// <summary>What is asked.</summary>
internal sealed record SubmitBody(int GuestCount);

/// <summary>What is answered, with the members that a client of the contract reads.</summary>
internal sealed record SubmitAnswer(Guid RequestId, string Status, RsvpAnswer Rsvp);

/// <summary>The RSVP as it was stored.</summary>
internal sealed record RsvpAnswer(
    Guid Id, Guid ActivityId, Guid UserId, string Status, int GuestCount, int PartySize, int? WaitlistPosition, DateTime CreatedAt, DateTime UpdatedAt, long Version);

/// <summary>Why not.</summary>
internal sealed record Problem(string Code);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SubmitBody))]
[JsonSerializable(typeof(SubmitAnswer))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class RivalJson : JsonSerializerContext;
