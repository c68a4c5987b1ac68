namespace Rsvp.Bench.Rivals;

/// <summary>Decides one request for a place and stores it, before it answers.</summary>
internal interface ISubmitDesign
{
    /// <param name="asking">Who asks for what.</param>
    /// <param name="cancellationToken">The client is gone.</param>
    /// <returns>What became of it; null when the user has an RSVP already or the activity takes none.</returns>
    Task<Decided?> SubmitAsync(Asking asking, CancellationToken cancellationToken);
}

/// <summary>The designs by name.</summary>
internal static class Designs
{
    internal const string RowLock = "row_lock";
    internal const string GuardedStatement = "guarded_statement";
    internal const string Nothing = "nothing";

    /// <exception cref="ArgumentException">There is no such design.</exception>
    internal static ISubmitDesign Create(string name, Pool pool, TimeProvider time) => name switch
    {
        RowLock => new RowLockDesign(pool, time),
        GuardedStatement => new GuardedStatementDesign(pool, time),
        Nothing => new NothingDesign(time),
        _ => throw new ArgumentException($"Rival:Design is '{name}': it must be {RowLock}, {GuardedStatement} or {Nothing}."),
    };
}

/// <summary>Somebody asks for a place.</summary>
/// <param name="ActivityId">Where.</param>
/// <param name="UserId">Who.</param>
/// <param name="GuestCount">People they bring along.</param>
internal readonly record struct Asking(Guid ActivityId, Guid UserId, int GuestCount)
{
    internal int PartySize => GuestCount + 1;
}

/// <summary>An RSVP that was stored.</summary>
/// <param name="RsvpId">Its id.</param>
/// <param name="Position">Its place in line; null when confirmed.</param>
/// <param name="At">When.</param>
internal sealed record Decided(Guid RsvpId, int? Position, DateTime At);
