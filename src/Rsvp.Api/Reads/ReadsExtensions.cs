using System.Data;
using Dapper;
using Rsvp.Api.Callers;
using Rsvp.Hosting.Database;

namespace Rsvp.Api.Reads;

/// <summary>Adds the database as the API sees it: to read from.</summary>
internal static class ReadsExtensions
{
    // Reads are short; more connections would take the processor from those who write.
    private const int ConnectionsMax = 20;

    // A read that waits longer than this is answered 503 rather than late.
    private const int ConnectSecondsMax = 3;
    private const int ReadSecondsMax = 10;

    internal static void AddReads(this IHostApplicationBuilder builder)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new UtcTimeHandler());
        builder.Services.AddSingleton<DeletedUsers>();
        PostgresExtensions.ReserveThreads(ConnectionsMax);
        builder.AddPostgres(connection =>
        {
            connection.MaxPoolSize = ConnectionsMax;
            connection.Timeout = ConnectSecondsMax;
            connection.CommandTimeout = ReadSecondsMax;
        });
    }

    /// <summary>The driver gives <c>timestamptz</c> as a UTC <see cref="DateTime"/>.</summary>
    private sealed class UtcTimeHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => new((DateTime)value, TimeSpan.Zero);

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value.UtcDateTime;
    }
}
