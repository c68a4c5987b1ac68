using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Rsvp.Cli.Tests;

/// <summary>How many tests passed, failed and were skipped.</summary>
internal readonly record struct TestTotals(int Passed, int Failed, int Skipped)
{
    public static TestTotals operator +(TestTotals left, TestTotals right) =>
        new(left.Passed + right.Passed, left.Failed + right.Failed, left.Skipped + right.Skipped);

    /// <summary>What one project's result file says. A project that ended badly without saying so counts as one failure.</summary>
    internal static TestTotals Read(string trxFile, int exitCode)
    {
        TestTotals totals = ReadCounters(trxFile) ?? default;
        return exitCode != 0 && totals.Failed == 0 ? totals with { Failed = 1 } : totals;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Passed} passed, {Failed} failed, {Skipped} skipped");

    private static TestTotals? ReadCounters(string trxFile)
    {
        if (!File.Exists(trxFile)) return null;

        try
        {
            XElement? counters = XDocument.Load(trxFile).Descendants().FirstOrDefault(element => element.Name.LocalName == "Counters");
            if (counters is null) return null;

            int Count(string name) => (int?)counters.Attribute(name) ?? 0;
            int passed = Count("passed");
            int failed = Count("failed") + Count("error") + Count("timeout") + Count("aborted");

            // The logger leaves "notExecuted" at 0 and counts what was skipped in "total" alone.
            return new TestTotals(passed, failed, Math.Max(0, Count("total") - passed - failed));
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
