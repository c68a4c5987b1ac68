using Dapper;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using Rsvp.Api.Problems;
using Rsvp.Api.Requests;
using Rsvp.Contracts;
using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Activities;

/// <summary>Says whether a caller is a host of an activity. The partition asks again when it decides; this is for answering at once.</summary>
internal sealed class HostGate(NpgsqlDataSource database, CommandIntake intake) : IDisposable
{
    // A host who was removed may still read for this long; writes are judged by what is committed.
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    // About 100 bytes each; one for every host who is active at once.
    private readonly MemoryCache _hosts = new(new MemoryCacheOptions { SizeLimit = 20_000 });

    /// <summary>Refuses everybody but hosts and admins.</summary>
    /// <returns>Null for a host; otherwise what to answer.</returns>
    internal async ValueTask<ProblemResult?> RefuseAsync(Guid activityId, Caller caller, CancellationToken cancellationToken) =>
        await StandingAsync(activityId, caller, cancellationToken) switch
        {
            { CallerDeleted: true } => new ProblemResult(ProblemCodes.UserDeleted),
            { ActivityExists: false } => new ProblemResult(ProblemCodes.ActivityNotFound),
            { IsHost: false } => new ProblemResult(ProblemCodes.NotHost),
            _ => null,
        };

    /// <summary>Takes a host's command, and refuses everybody else's at once.</summary>
    /// <param name="request">What the client asked.</param>
    /// <param name="command">The same as a command about the activity.</param>
    /// <param name="cancellationToken">The client is gone.</param>
    internal async Task<IResult> TakeAsync(CommandRequest request, Command command, CancellationToken cancellationToken) =>
        await RefuseAsync(command.ActivityId, request.Caller, cancellationToken) is { } refusal
            ? refusal
            : await intake.TakeAsync(request, command, cancellationToken);

    /// <summary>How somebody stands to an activity.</summary>
    internal async ValueTask<Standing> StandingAsync(Guid activityId, Caller caller, CancellationToken cancellationToken)
    {
        var key = (activityId, caller.UserId, caller.IsAdmin);
        if (_hosts.TryGetValue(key, out Standing? kept))
        {
            return kept!;
        }

        const string Sql =
            """
            SELECT EXISTS (SELECT FROM activities WHERE activity_id = @activityId) AS activity_exists,
                   @isAdmin OR EXISTS (SELECT FROM activity_hosts WHERE activity_id = @activityId AND user_id = @userId) AS is_host,
                   EXISTS (SELECT FROM users WHERE user_id = @userId AND deleted_at IS NOT NULL) AS caller_deleted
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var standing = await connection.QuerySingleAsync<Standing>(
            new CommandDefinition(Sql, new { activityId, userId = caller.UserId, isAdmin = caller.IsAdmin }, cancellationToken: cancellationToken));

        // Only yes is kept: a new host is one at once.
        if (standing is { ActivityExists: true, IsHost: true, CallerDeleted: false })
        {
            _hosts.Set(key, standing, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = KeptFor });
        }

        return standing;
    }

    public void Dispose() => _hosts.Dispose();
}

/// <summary>How somebody stands to an activity.</summary>
internal sealed record Standing
{
    public bool ActivityExists { get; init; }

    /// <summary>A host of it, or an admin.</summary>
    public bool IsHost { get; init; }

    public bool CallerDeleted { get; init; }
}
