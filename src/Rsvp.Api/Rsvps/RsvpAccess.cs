using Dapper;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using Rsvp.Api.Activities;
using Rsvp.Contracts;

namespace Rsvp.Api.Rsvps;

/// <summary>Who may see an RSVP: its owner and its activity's hosts. To everybody else it does not exist.</summary>
internal sealed class RsvpAccess(NpgsqlDataSource database, HostGate hosts) : IDisposable
{
    // An RSVP never changes its activity or its owner. About 150 bytes each.
    private readonly MemoryCache _places = new(new MemoryCacheOptions { SizeLimit = 100_000 });

    /// <summary>Finds out what an id names and how the caller stands to it; null when it is nothing to the caller.</summary>
    internal async ValueTask<Accessible?> FindAsync(Guid rsvpId, Caller caller, CancellationToken cancellationToken)
    {
        if (await PlaceAsync(rsvpId, cancellationToken) is not { } place)
        {
            return null;
        }

        if (place.UserId == caller.UserId)
        {
            return new Accessible(place.ActivityId, place.UserId);
        }

        return await hosts.StandingAsync(place.ActivityId, caller, cancellationToken) is { IsHost: true, CallerDeleted: false }
            ? new Accessible(place.ActivityId, place.UserId)
            : null;
    }

    public void Dispose() => _places.Dispose();

    private async ValueTask<Place?> PlaceAsync(Guid rsvpId, CancellationToken cancellationToken)
    {
        if (_places.TryGetValue(rsvpId, out Place? known))
        {
            return known;
        }

        const string Sql = "SELECT activity_id, user_id FROM rsvps WHERE rsvp_id = @rsvpId";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var place = await connection.QuerySingleOrDefaultAsync<Place>(new CommandDefinition(Sql, new { rsvpId }, cancellationToken: cancellationToken));
        return place is null ? null : _places.Set(rsvpId, place, new MemoryCacheEntryOptions { Size = 1 });
    }

    private sealed record Place
    {
        public Guid ActivityId { get; init; }

        public Guid UserId { get; init; }
    }
}

/// <summary>An RSVP that the caller may see.</summary>
/// <param name="ActivityId">Its activity.</param>
/// <param name="OwnerId">Its owner.</param>
internal sealed record Accessible(Guid ActivityId, Guid OwnerId);
