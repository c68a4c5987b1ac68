using System.Diagnostics;

namespace Rsvp.Hosting.FailPoints;

/// <summary>Named places at which a test can make a process die or throw; inert unless <c>RSVP_FAILPOINT</c> names one.</summary>
/// <remarks>Syntax: <c>name:kill</c>, <c>name:throw</c>, or <c>name:kill:3</c> for the third time the place is passed; several are separated by commas.</remarks>
public static class FailPoint
{
    private static readonly Armed[] OfProcess = Parse(Environment.GetEnvironmentVariable("RSVP_FAILPOINT"));
    private static readonly AsyncLocal<Armed[]?> OfCaller = new();
    private static volatile bool _isArmed = OfProcess.Length > 0;

    /// <summary>Arms places for what the caller runs from here on, and for nobody else in the process.</summary>
    /// <param name="setting">As in the environment; null for none any more.</param>
    public static void Arm(string? setting)
    {
        OfCaller.Value = Parse(setting);
        _isArmed = true;
    }

    /// <summary>Passes a named place.</summary>
    /// <param name="name">snake_case, such as <c>after_commit</c>.</param>
    /// <exception cref="FailPointException">The place is armed with <c>throw</c>.</exception>
    public static void Hit(string name)
    {
        if (_isArmed)
        {
            Pass(OfProcess, name);
            Pass(OfCaller.Value ?? [], name);
        }
    }

    private static void Pass(Armed[] points, string name)
    {
        foreach (var point in points)
        {
            if (point.Name != name || Interlocked.Increment(ref point.Passed) != point.At)
            {
                continue;
            }

            if (point.Action == "throw")
            {
                throw new FailPointException($"Fail point {name}.");
            }

            Process.GetCurrentProcess().Kill();
        }
    }

    private static Armed[] Parse(string? setting) => string.IsNullOrWhiteSpace(setting)
        ? []
        : [.. setting.Split(',').Select(entry => entry.Split(':')).Select(parts => new Armed
            {
                Name = parts[0],
                Action = parts.Length > 1 ? parts[1] : "kill",
                At = parts.Length > 2 ? int.Parse(parts[2], null) : 1,
            })];

    private sealed class Armed
    {
        public int Passed;

        public required string Name { get; init; }

        public required string Action { get; init; }

        public required int At { get; init; }
    }
}

/// <summary>What an armed fail point throws.</summary>
/// <param name="message">Which one.</param>
public sealed class FailPointException(string message) : Exception(message);
