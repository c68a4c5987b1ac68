using System.Globalization;
using System.Text;

namespace Rsvp.Worker.Audit;

/// <summary>What the auditor found, in the order of the invariants.</summary>
internal sealed record AuditReport
{
    /// <summary>The instant that was looked at, by the database's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Elapsed { get; init; }

    public required IReadOnlyList<InvariantResult> Invariants { get; init; }

    public bool IsClean => ViolationCount == 0;

    public long ViolationCount => Invariants.Sum(invariant => invariant.ViolationCount);

    public long RowsChecked => Invariants.Sum(invariant => invariant.RowsChecked);

    /// <summary>A table for people: one line per invariant, then what is wrong, then the verdict.</summary>
    public override string ToString()
    {
        var what = Math.Max("what must hold".Length, Invariants.Max(invariant => invariant.Statement.Length));
        var text = new StringBuilder();
        Line("", "what must hold", "rows checked", "violations");
        foreach (var invariant in Invariants)
        {
            Line(invariant.Id, invariant.Statement, Number(invariant.RowsChecked), Number(invariant.ViolationCount));
        }

        foreach (var invariant in Invariants.Where(invariant => invariant.ViolationCount > 0))
        {
            text.AppendLine().Append(invariant.Id).Append(": ").AppendLine(invariant.Statement);
            foreach (var violation in invariant.Violations)
            {
                text.Append("  ").AppendLine(violation.ToString());
            }

            if (invariant.ViolationCount > invariant.Violations.Count)
            {
                text.Append("  … and ").Append(Number(invariant.ViolationCount - invariant.Violations.Count)).AppendLine(" more");
            }
        }

        var verdict = IsClean ? "No violation" : $"{Number(ViolationCount)} violations";
        return text.AppendLine()
            .Append(CultureInfo.InvariantCulture, $"{verdict} as of {At:yyyy-MM-dd HH:mm:ss}Z; {Number(RowsChecked)} rows checked in {Elapsed.TotalSeconds:0.00} s.")
            .ToString();

        void Line(string id, string statement, string rows, string violations) => text
            .Append(id.PadRight(4)).Append(statement.PadRight(what)).Append(rows.PadLeft(14)).AppendLine(violations.PadLeft(12));
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>What became of one invariant.</summary>
/// <param name="Id"><c>I1</c> to <c>I8</c>.</param>
/// <param name="Statement">What must hold, in a few words.</param>
/// <param name="RowsChecked">Rows that were looked at: activities, RSVPs, requests or log rows.</param>
/// <param name="ViolationCount">All violations, listed or not.</param>
/// <param name="Violations">The first of them, at most <see cref="Invariant.ListedMax"/>.</param>
internal sealed record InvariantResult(
    string Id, string Statement, long RowsChecked, long ViolationCount, IReadOnlyList<Violation> Violations);

/// <summary>One thing that is wrong.</summary>
/// <param name="ActivityId">The activity; null when it concerns none.</param>
/// <param name="RsvpId">The RSVP; null when it concerns the whole activity.</param>
/// <param name="What">What is wrong, with the numbers.</param>
internal sealed record Violation(Guid? ActivityId, Guid? RsvpId, string What)
{
    public override string ToString() => (ActivityId, RsvpId) switch
    {
        (null, _) => What,
        (Guid activity, null) => $"activity {activity}: {What}",
        (Guid activity, Guid rsvp) => $"activity {activity}, RSVP {rsvp}: {What}",
    };
}
