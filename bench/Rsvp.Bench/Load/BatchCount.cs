using System.Globalization;

namespace Rsvp.Bench.Load;

/// <summary>Batches that APIs have sent, and the commands in them, as their metrics say.</summary>
/// <param name="Commands">A group counts as one.</param>
/// <param name="Batches">Batches.</param>
internal readonly record struct BatchCount(double Commands, double Batches)
{
    private const string Metric = "rsvp_api_batch_commands";

    /// <summary>Null when there were none.</summary>
    internal double? CommandsPerBatch => Batches > 0 ? Math.Round(Commands / Batches, 1) : null;

    public static BatchCount operator +(BatchCount left, BatchCount right) => new(left.Commands + right.Commands, left.Batches + right.Batches);

    public static BatchCount operator -(BatchCount left, BatchCount right) => new(left.Commands - right.Commands, left.Batches - right.Batches);

    /// <param name="exposition">Prometheus' text format.</param>
    internal static BatchCount Read(string exposition)
    {
        string[] lines = exposition.Split('\n');
        return new BatchCount(Sum("_sum"), Sum("_count"));

        double Sum(string suffix) => lines
            .Where(line => line.StartsWith(Metric + suffix, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
    }
}
