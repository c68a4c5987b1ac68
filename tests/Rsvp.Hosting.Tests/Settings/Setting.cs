using System.Globalization;
using System.Text.RegularExpressions;
using Rsvp.Testing;

namespace Rsvp.Hosting.Tests.Settings;

/// <summary>A setting as the sources of the services have it, in the words of the page.</summary>
/// <param name="Name">Section and property.</param>
/// <param name="Default">What holds when nobody says anything.</param>
/// <param name="Bounds">What is accepted; empty when anything of its type is.</param>
internal sealed partial record Setting(string Name, string Default, string Bounds)
{
    public static IReadOnlyList<Setting> ReadAll()
    {
        var sources = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        var sections = sources.SelectMany(text => Binding().Matches(text).Select(match => (Type: match.Groups["type"].Value, Section: match.Groups["section"].Value)))
            .Distinct().ToDictionary(binding => binding.Type, binding => binding.Section);
        return
        [
            .. from text in sources
               let type = OptionsClass().Match(text)
               where type.Success && sections.ContainsKey(type.Groups["type"].Value)
               from property in Property().Matches(text)
               let attributes = property.Groups["attributes"].Value
               select new Setting(
                   $"{sections[type.Groups["type"].Value]}:{property.Groups["name"].Value}",
                   attributes.Contains("[Required]", StringComparison.Ordinal) ? "required" : DefaultOf(property.Groups["default"].Value, property.Groups["type"].Value),
                   BoundsOf(attributes)),
        ];
    }

    private static string DefaultOf(string text, string type) => text switch
    {
        "" => type.EndsWith('?') ? "none" : "`false`",
        "\"\"" or "[]" => "none",
        "true" or "false" => $"`{text}`",
        _ when Span().Match(text) is { Success: true } span => Say(TimeSpan.FromMilliseconds(Number(span.Groups["number"].Value) * span.Groups["unit"].Value switch
        {
            "Milliseconds" => 1,
            "Seconds" => 1_000,
            "Minutes" => 60_000,
            "Days" => 86_400_000,
            _ => throw new InvalidDataException(text),
        })),
        _ when char.IsAsciiDigit(text[0]) => Say(text),
        _ => $"`{text.Split('.')[^1]}`",
    };

    private static string BoundsOf(string attributes)
    {
        if (Range().Match(attributes) is { Success: true } range)
        {
            var (low, high) = (range.Groups["low"].Value, range.Groups["high"].Value);
            return range.Groups["span"].Success
                ? $"{Say(TimeSpan.Parse(low, CultureInfo.InvariantCulture))} to {Say(TimeSpan.Parse(high, CultureInfo.InvariantCulture))}"
                : $"{Say(low)} to {Say(high)}";
        }

        return MinLength().Match(attributes) is { Success: true } length ? $"at least {length.Groups["length"].Value} characters" : "";
    }

    private static string Say(string number) => number.Contains('.', StringComparison.Ordinal)
        ? double.Parse(number, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
        : number.Split('*').Select(Number).Aggregate(1L, (product, factor) => product * factor).ToString("N0", CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text.Replace("_", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);

    private static string Say(TimeSpan time) => time switch
    {
        _ when time == TimeSpan.Zero => "0",
        _ when time.Ticks % TimeSpan.TicksPerDay == 0 => time.TotalDays.ToString("N0", CultureInfo.InvariantCulture) + " d",
        _ when time.Ticks % TimeSpan.TicksPerHour == 0 => time.TotalHours.ToString("N0", CultureInfo.InvariantCulture) + " h",
        _ when time.Ticks % TimeSpan.TicksPerMinute == 0 => time.TotalMinutes.ToString("N0", CultureInfo.InvariantCulture) + " min",
        _ when time.Ticks % TimeSpan.TicksPerSecond == 0 => time.TotalSeconds.ToString("N0", CultureInfo.InvariantCulture) + " s",
        _ => time.TotalMilliseconds.ToString("N0", CultureInfo.InvariantCulture) + " ms",
    };

    [GeneratedRegex("""AddOptions<(?<type>\w+)>\(\)\s*\.BindConfiguration\("(?<section>\w+)"\)""")]
    private static partial Regex Binding();

    [GeneratedRegex(@"class (?<type>\w+Options)\b")]
    private static partial Regex OptionsClass();

    [GeneratedRegex(@"</summary>\n(?<attributes>(?:    \[.*\]\n)*)    public (?<type>\S+) (?<name>\w+) \{ get; (?:set; )?\}(?: = (?<default>.*);)?\n")]
    private static partial Regex Property();

    [GeneratedRegex("""\[Range\((?:(?<span>typeof\(TimeSpan\)), "(?<low>[^"]+)", "(?<high>[^"]+)"|(?<low>[^",]+), (?<high>[^"]+))\)\]""")]
    private static partial Regex Range();

    [GeneratedRegex(@"MinLength\((?<length>\d+)\)")]
    private static partial Regex MinLength();

    [GeneratedRegex(@"^TimeSpan\.From(?<unit>\w+)\((?<number>[\d_]+)\)$")]
    private static partial Regex Span();
}
