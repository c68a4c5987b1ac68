using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Rsvp.Hosting.FailPoints;

/// <summary>Named places at which a test can make a process die, freeze or throw; inert unless <c>RSVP_FAILPOINT</c> names one.</summary>
/// <remarks>
/// Syntax: <c>name:kill</c>, <c>name:freeze</c> (until it is sent <c>SIGCONT</c>), <c>name:throw</c>, or <c>name:kill:3</c> for the third time the place is passed;
/// several are separated by commas. docs/reliability.md lists the places.
/// </remarks>
public static partial class FailPoint
{
    private static readonly Armed[] OfProcess = Parse(Environment.GetEnvironmentVariable("RSVP_FAILPOINT"));
    private static readonly AsyncLocal<Armed[]?> OfCaller = new();
    private static volatile bool _isArmed = OfProcess.Length > 0;

    /// <summary>Arms places for what the caller runs from here on, and for nobody else in the process.</summary>
    /// <param name="setting">As in the environment; null for none any more.</param>
    /// <exception cref="FormatException">It is not of the form above.</exception>
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

            switch (point.Action)
            {
                case FailPointAction.Throw:
                    throw new FailPointException($"Fail point {name}.");
                case FailPointAction.Freeze:
                    // It returns when somebody has sent SIGCONT.
                    using (var kill = Process.Start("kill", ["-STOP", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]))
                    {
                        kill.WaitForExit();
                    }

                    break;
                default:
                    Process.GetCurrentProcess().Kill();
                    break;
            }
        }
    }

    private static Armed[] Parse(string? setting) => string.IsNullOrWhiteSpace(setting) ? [] : [.. setting.Split(',').Select(ParseOne)];

    private static Armed ParseOne(string entry)
    {
        var match = Syntax().Match(entry);
        return match.Success
            ? new Armed
            {
                Name = match.Groups["name"].Value,
                Action = Enum.Parse<FailPointAction>(match.Groups["action"].Value, ignoreCase: true),
                At = match.Groups["at"].Success ? int.Parse(match.Groups["at"].ValueSpan, CultureInfo.InvariantCulture) : 1,
            }
            : throw new FormatException($"'{entry}' is no fail point: name:kill, name:freeze or name:throw, and :number for a time other than the first.");
    }

    [GeneratedRegex("^(?<name>[a-z_]+):(?<action>kill|freeze|throw)(:(?<at>[1-9][0-9]{0,5}))?$")]
    private static partial Regex Syntax();

    private sealed class Armed
    {
        public int Passed;

        public required string Name { get; init; }

        public required FailPointAction Action { get; init; }

        public required int At { get; init; }
    }
}

/// <summary>What happens at an armed place.</summary>
internal enum FailPointAction
{
    /// <summary>The process dies at once, as with <c>SIGKILL</c>.</summary>
    Kill,

    /// <summary>The process stops until it is sent <c>SIGCONT</c>.</summary>
    Freeze,

    /// <summary>The place throws <see cref="FailPointException"/>.</summary>
    Throw,
}

/// <summary>What an armed fail point throws.</summary>
/// <param name="message">Which one.</param>
public sealed class FailPointException(string message) : Exception(message);
