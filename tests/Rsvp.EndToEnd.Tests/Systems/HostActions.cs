using System.Text.Json;

namespace Rsvp.EndToEnd.Tests.Systems;

/// <summary>What a host does over HTTP.</summary>
internal static class HostActions
{
    /// <summary>The RSVP that somebody has to an activity.</summary>
    public static async Task<Guid> RsvpIdAsync(this Person person, Guid activity) =>
        (await person.GetAsync($"/api/activities/{activity}/rsvp")).Body.GetProperty("id").GetGuid();

    public static async Task<Guid[]> RsvpIdsAsync(this IEnumerable<Person> people, Guid activity) =>
        await Task.WhenAll(people.Select(person => person.RsvpIdAsync(activity)));

    public static async Task<int?> PositionAsync(this Person person, Guid activity) =>
        (await person.GetAsync($"/api/activities/{activity}/rsvp")).Body.GetProperty("waitlistPosition") is { ValueKind: JsonValueKind.Number } position
            ? position.GetInt32()
            : null;

    public static async Task<int?[]> PositionsAsync(this IEnumerable<Person> people, Guid activity) =>
        await Task.WhenAll(people.Select(person => person.PositionAsync(activity)));

    public static Task<Answer> PromoteAsync(this Person host, Guid activity, object body) =>
        host.SendAsync(HttpMethod.Post, $"/api/activities/{activity}/waitlist/promote", JsonSerializer.Serialize(body));

    public static Task<Answer> BulkAsync(this Person host, Guid activity, object body) =>
        host.SendAsync(HttpMethod.Post, $"/api/activities/{activity}/waitlist/bulk", JsonSerializer.Serialize(body));

    public static Task<Answer> CheckInAsync(this Person host, Guid rsvp) => host.SendAsync(HttpMethod.Post, $"/api/rsvps/{rsvp}/check-in");

    public static Task<Answer> UndoCheckInAsync(this Person host, Guid rsvp) => host.SendAsync(HttpMethod.Delete, $"/api/rsvps/{rsvp}/check-in");

    public static Task<Answer> RemoveAsync(this Person host, Guid rsvp, string? reason = null) =>
        host.SendAsync(HttpMethod.Delete, $"/api/rsvps/{rsvp}{(reason is null ? "" : $"?reason={Uri.EscapeDataString(reason)}")}");

    public static Task<Answer> WalkInAsync(this Person host, Guid activity, Person person, int partySize = 1) => host.SendAsync(
        HttpMethod.Post, $"/api/activities/{activity}/walk-ins", JsonSerializer.Serialize(new { userId = person.Id, guestCount = partySize - 1 }));

    /// <summary>Moves the beginning of an activity into the past, as time would: through a setting, not behind the system's back.</summary>
    public static Task<Answer> StartAsync(this Person host, Guid activity) =>
        host.PatchAsync(activity, new { startsAt = TimeProvider.System.GetUtcNow().AddMinutes(-1) });
}
