using System.Globalization;
using System.Text;

namespace Rsvp.Worker.DeadLetters;

/// <summary>What a list keeps of a letter.</summary>
internal sealed record ListedLetter(string Id, DateTimeOffset? DiedAt, string Origin, string What, int Bytes, string Cause)
{
    public static ListedLetter Of(DeadLetter letter) => new(
        letter.Id, letter.DiedAt, letter.Origin ?? "?", LetterReport.What(letter), letter.Body.Length, letter.Cause);
}

/// <summary>Prints dead letters. What they say is somebody else's text: control characters are shown, not obeyed.</summary>
/// <param name="output">Where to.</param>
internal sealed class LetterReport(TextWriter output)
{
    public const string None = "there are no dead letters";

    // A line of the list is read at a glance; show has the rest.
    private const int CauseMax = 100;

    private const int BodyMax = 4_096;

    private static readonly string[] Titles = ["id", "died", "came from", "what", "bytes", "why"];

    public void Write(IReadOnlyList<ListedLetter> letters)
    {
        if (letters.Count == 0)
        {
            output.WriteLine(None);
            return;
        }

        string[][] rows = [Titles, .. letters.Select(Row)];
        int[] widths = [.. Titles.Select((_, column) => rows.Max(row => row[column].Length))];
        foreach (var row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }

        output.WriteLine();
        output.WriteLine($"{letters.Count} dead letters; dead show ID says more");
    }

    public void Write(DeadLetter letter)
    {
        Line("id", letter.Id);
        Line("died", Time(letter.DiedAt));
        Line("came from", letter.Origin ?? "unknown");
        Line("why", letter.Cause);
        Line("what", $"{What(letter)}, {Number(letter.Body.Length)} bytes");
        foreach (var command in letter.Commands)
        {
            Line("", $"{command.Name} {command.RequestId} of activity {command.ActivityId}, asked {Time(command.SubmittedAt)}");
        }

        foreach (var (name, value) in letter.Properties.Headers ?? new Dictionary<string, object?>())
        {
            Line(name, DeadLetterReading.Show(value) ?? "");
        }

        var start = letter.Body[..Math.Min(letter.Body.Length, BodyMax)];
        output.WriteLine();
        output.WriteLine(Plain(Encoding.UTF8.GetString(start.Span)));
        if (start.Length < letter.Body.Length)
        {
            output.WriteLine($"… the first {BodyMax} bytes; --body prints all");
        }
    }

    public void Write(IReadOnlyList<PastAction> past)
    {
        foreach (var action in past)
        {
            Line("done before", $"{action.Action} on {Time(action.StartedAt)} by {action.Responsibility.By}{(action.IsFinished ? "" : ", interrupted")}: {action.Responsibility.Reason}");
        }
    }

    public static string What(DeadLetter letter) => (letter.Commands.Count + letter.UnreadableCommands, letter.UnreadableCommands) switch
    {
        (0, _) => letter.MessageType,
        (1, 0) => $"{letter.MessageType}: {letter.Commands[0].Name}",
        (var commands, 0) => $"{letter.MessageType}: {commands} commands",
        var (commands, unreadable) => $"{letter.MessageType}: {commands} commands, {unreadable} unreadable",
    };

    private static string[] Row(ListedLetter letter) =>
    [
        Plain(letter.Id), Time(letter.DiedAt), Plain(letter.Origin), Plain(letter.What), Number(letter.Bytes),
        Plain(letter.Cause.Length <= CauseMax ? letter.Cause : letter.Cause[..CauseMax] + "…"),
    ];

    private void Line(string name, string text) => output.WriteLine($"{Plain(name),-22} {Plain(text)}");

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "?";

    private static string Plain(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));
}
