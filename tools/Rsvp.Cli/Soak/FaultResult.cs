using System.Globalization;
using System.Text.Json.Serialization;

namespace Rsvp.Cli.Soak;

/// <summary>What became of one fault.</summary>
/// <param name="Fault">As it was scheduled.</param>
/// <param name="BeganAtSeconds">When it really began.</param>
/// <param name="AnsweredAfterSeconds">From its begin until a question about every activity, asked then, was answered with an outcome; null when that took too long.</param>
/// <param name="RecoveredAfterSeconds">The same from the begin of its healing, which includes the start of what was stopped.</param>
/// <param name="Meanwhile">What became of the fault inside it.</param>
internal sealed record FaultResult(
    [property: JsonIgnore] ScheduledFault Fault, double BeganAtSeconds, double? AnsweredAfterSeconds, double? RecoveredAfterSeconds, FaultResult? Meanwhile)
{
    public double OffsetSeconds => Fault.Offset.TotalSeconds;

    public string Kind => Fault.Kind;

    public string Victim => Fault.Victim;

    public double DurationSeconds => Fault.Duration.TotalSeconds;

    /// <summary>This one and the one inside.</summary>
    internal IEnumerable<FaultResult> Flat => Meanwhile is null ? [this] : [this, Meanwhile];

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{BeganAtSeconds,6:0.0} s  {Kind} {Victim} for {DurationSeconds:0.0} s: answered {Text(AnsweredAfterSeconds)} after it began, {Text(RecoveredAfterSeconds)} after its healing began");

    private static string Text(double? seconds) => seconds is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:0.0} s") : "too late";
}
