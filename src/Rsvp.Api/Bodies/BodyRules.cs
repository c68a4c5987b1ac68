namespace Rsvp.Api.Bodies;

/// <summary>What some bounds depend on.</summary>
internal sealed class BodyRules(TimeProvider time, IHostEnvironment environment)
{
    internal DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Whether minutes may have fractions: in development, where nobody wants to wait for a deadline.</summary>
    internal bool AllowsFractionalMinutes { get; } = environment.IsDevelopment();
}
