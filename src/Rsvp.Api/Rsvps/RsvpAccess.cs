using Dapper;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using Rsvp.Api.Activities;
using Rsvp.Api.Callers;
using Rsvp.Api.Problems;
using Rsvp.Api.Requests;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Rsvps;

/// <summary>Who may see an RSVP: its owner and its activity's hosts. To everybody else it does not exist.</summary>
internal sealed class RsvpAccess(NpgsqlDataSource database, HostGate hosts, DeletedUsers deleted) : IDisposable
{
    // An RSVP never changes its activity or its owner. About 150 bytes each.
    private readonly MemoryCache _places = new(new MemoryCacheOptions { SizeLimit = 100_000 });

    /// <summary>Finds out what an id names and how the caller stands to it.</summary>
    internal async ValueTask<Access> FindAsync(Guid rsvpId, Caller caller, CancellationToken cancellationToken)
    {
        var place = await PlaceAsync(rsvpId, cancellationToken);
        if (place?.UserId == caller.UserId)
        {
            return new Access(new Accessible(place.ActivityId, place.UserId), Refusal: null);
        }

        var standing = place is null ? null : await hosts.StandingAsync(place.ActivityId, caller, cancellationToken);
        if (standing?.CallerDeleted ?? await deleted.ContainAsync(caller.UserId, cancellationToken))
        {
            return new Access(Rsvp: null, new ProblemResult(ProblemCodes.UserDeleted));
        }

        return standing is { IsHost: true }
            ? new Access(new Accessible(place!.ActivityId, place.UserId), Refusal: null)
            : new Access(Rsvp: null, new ProblemResult(ProblemCodes.RsvpNotFound));
    }

    /// <summary>Does something as a host of the RSVP's activity.</summary>
    /// <returns>404 for those who may not see it, 403 for an owner who is no host.</returns>
    internal async Task<IResult> AsHostAsync(
        Guid rsvpId, CommandRequest request, Func<Accessible, Task<IResult>> act, CancellationToken cancellationToken)
    {
        var access = await FindAsync(rsvpId, request.Caller, cancellationToken);
        if (access.Rsvp is not { } rsvp)
        {
            return access.Refusal!;
        }

        return await hosts.RefuseAsync(rsvp.ActivityId, request.Caller, cancellationToken) is { } refusal ? refusal : await act(rsvp);
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

/// <summary>How a caller stands to an RSVP.</summary>
/// <param name="Rsvp">What the caller may see; null when refused.</param>
/// <param name="Refusal">What to answer; null for its owner and the hosts.</param>
internal readonly record struct Access(Accessible? Rsvp, ProblemResult? Refusal);

/// <summary>An RSVP that the caller may see.</summary>
/// <param name="ActivityId">Its activity.</param>
/// <param name="OwnerId">Its owner.</param>
internal sealed record Accessible(Guid ActivityId, Guid OwnerId)
{
    /// <summary>A command about it, by somebody who need not be its owner.</summary>
    internal Command ToCommand(CommandRequest request, string name) => request.ToCommand(name, ActivityId) with { RsvpUserId = OwnerId };
}
