using System.Globalization;
using Rsvp.Cli.Instances;

namespace Rsvp.Cli.Storm;

/// <summary>CPU time that each process of the system has used, children included (PostgreSQL has one for each connection). Linux only.</summary>
internal static class CpuMeter
{
    private const double TicksPerSecond = 100;

    /// <summary>Seconds by name; empty where there is no /proc.</summary>
    internal static Dictionary<string, double> Read(IEnumerable<RunningProcess> processes)
    {
        if (!OperatingSystem.IsLinux()) return [];

        var byPid = new Dictionary<int, (int Parent, double Seconds)>();
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int pid)) continue;

            try
            {
                string stat = File.ReadAllText(folder + "/stat");
                string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

                // Own time and that of children that have ended: user and system of each.
                byPid[pid] = (Number(fields[1]), fields[11..15].Sum(Number) / TicksPerSecond);
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
        }

        var result = processes.ToDictionary(
            process => process.Name,
            process => byPid.Where(entry => entry.Key == process.Pid || entry.Value.Parent == process.Pid).Sum(entry => entry.Value.Seconds));
        if (byPid.TryGetValue(Environment.ProcessId, out var self)) result["storm"] = self.Seconds;
        return result;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
