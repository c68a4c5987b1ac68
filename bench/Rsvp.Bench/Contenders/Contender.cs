using Npgsql;

namespace Rsvp.Bench.Contenders;

/// <summary>A design that can be asked for places.</summary>
/// <param name="Name">Its name in results.</param>
/// <param name="Title">What a reader calls it.</param>
/// <param name="Url">Where it listens.</param>
/// <param name="Database">Its own database, for a role that reads.</param>
/// <param name="RateMax">More requests a second than it can take, so that a round does not run out of them.</param>
internal sealed record Contender(string Name, string Title, Uri Url, NpgsqlDataSource Database, int RateMax)
{
    internal const string OursName = "rsvp";

    internal bool IsOurs => Name == OursName;
}
