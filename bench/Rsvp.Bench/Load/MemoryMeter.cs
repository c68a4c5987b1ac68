using System.Globalization;
using Rsvp.Cli.Instances;

namespace Rsvp.Bench.Load;

/// <summary>Resident memory of processes, the largest that was seen. Linux only.</summary>
internal sealed class MemoryMeter(IEnumerable<RunningProcess> processes)
{
    private readonly RunningProcess[] _processes = [.. processes];
    private readonly Dictionary<string, double> _largest = [];

    /// <summary>Megabytes by name.</summary>
    internal Dictionary<string, double> Largest => new(_largest);

    /// <summary>Looks once; returns what it saw.</summary>
    internal Dictionary<string, double> Look()
    {
        var seen = new Dictionary<string, double>();
        foreach (RunningProcess process in _processes)
        {
            if (ReadMegabytes(process.Pid) is not { } megabytes) continue;

            seen[process.Name] = megabytes;
            _largest[process.Name] = Math.Max(megabytes, _largest.GetValueOrDefault(process.Name));
        }

        return seen;
    }

    private static double? ReadMegabytes(int pid)
    {
        try
        {
            string line = File.ReadLines($"/proc/{pid}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
            return Math.Round(double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024, 1);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            return null;
        }
    }
}
