using Npgsql;

namespace Rsvp.Worker.Scheduling;

/// <summary>The database's clock, as well as it is known: this machine's, put right by what the database last said.</summary>
/// <remarks>
/// Workers hand triggers to each other as times in the database. One whose clock is minutes fast would leave them minutes in the future when it goes, and nothing would be scheduled for so long.
/// </remarks>
/// <param name="time">This machine's clock.</param>
internal sealed class DatabaseClock(TimeProvider time) : TimeProvider
{
    // Less is as likely the way to the database and back as a clock that is wrong.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(250);

    private long _offsetTicks;

    /// <summary>How often it should be set: clocks that are kept wander slowly, and those that are not are wrong from the start.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    public override long TimestampFrequency => time.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _offsetTicks));

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);

    /// <summary>Asks the database what time it is.</summary>
    /// <param name="dataSource">The worker's database.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>By how much it was wrong, and is put right; zero when that is too little to matter.</returns>
    public async Task<TimeSpan> SetAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT clock_timestamp()");
        var asked = GetUtcNow();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var answered = GetUtcNow();
        var wrong = row.GetFieldValue<DateTimeOffset>(0) - (asked + ((answered - asked) / 2));
        if (wrong.Duration() <= Tolerance + ((answered - asked) / 2))
        {
            return TimeSpan.Zero;
        }

        Interlocked.Add(ref _offsetTicks, wrong.Ticks);
        return wrong;
    }
}
