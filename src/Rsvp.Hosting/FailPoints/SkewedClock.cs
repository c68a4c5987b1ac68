using System.Globalization;

namespace Rsvp.Hosting.FailPoints;

/// <summary>The clock of a machine that is fast or slow; inert unless <c>RSVP_CLOCK_SKEW</c> says by how much, such as <c>00:10:00</c> or <c>-00:10:00</c>.</summary>
/// <param name="skew">How fast it is.</param>
public sealed class SkewedClock(TimeSpan skew) : TimeProvider
{
    /// <summary>The clock of this process.</summary>
    public static TimeProvider OfProcess { get; } = Environment.GetEnvironmentVariable("RSVP_CLOCK_SKEW") is { Length: > 0 } text
        ? new SkewedClock(TimeSpan.Parse(text, CultureInfo.InvariantCulture))
        : System;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + skew;
}
