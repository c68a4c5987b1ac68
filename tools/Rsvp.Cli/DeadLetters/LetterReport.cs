using System.Globalization;
using System.Text;
using Rsvp.Worker.DeadLetters;
using Spectre.Console;

namespace Rsvp.Cli.DeadLetters;

/// <summary>What a list keeps of a letter.</summary>
internal sealed record ListedLetter(string Id, DateTimeOffset? DiedAt, string Origin, string What, int Bytes, string Cause)
{
    internal static ListedLetter Of(DeadLetter letter) => new(
        letter.Id, letter.DiedAt, letter.Origin ?? "?", LetterReport.What(letter), letter.Body.Length, letter.Cause);
}

/// <summary>Prints dead letters. What they say is somebody else's text: control characters and markup are shown, not obeyed.</summary>
internal static class LetterReport
{
    // A line of the list is read at a glance; show has the rest.
    private const int CauseMax = 100;

    private const int BodyMax = 4_096;

    internal static void Write(IReadOnlyList<ListedLetter> letters)
    {
        if (letters.Count == 0)
        {
            Console.WriteLine("there are no dead letters");
            return;
        }

        Table table = new Table().Border(TableBorder.Simple).AddColumns("id", "died", "came from", "what", "bytes", "why");
        foreach (ListedLetter letter in letters)
        {
            table.AddRow(
                Cell(letter.Id), Time(letter.DiedAt), Cell(letter.Origin), Cell(letter.What), letter.Bytes.ToString("N0", CultureInfo.InvariantCulture),
                Cell(letter.Cause.Length <= CauseMax ? letter.Cause : letter.Cause[..CauseMax] + "…"));
        }

        AnsiConsole.Write(table);
        Console.WriteLine($"{letters.Count} dead letters; ./rsvp dead show ID says more");
    }

    internal static void Write(DeadLetter letter)
    {
        Line("id", letter.Id);
        Line("died", Time(letter.DiedAt));
        Line("came from", letter.Origin ?? "unknown");
        Line("why", letter.Cause);
        Line("what", $"{What(letter)}, {letter.Body.Length.ToString("N0", CultureInfo.InvariantCulture)} bytes");
        foreach (Rsvp.Contracts.Command command in letter.Commands)
        {
            Line("", $"{command.Name} {command.RequestId} of activity {command.ActivityId}, asked {Time(command.SubmittedAt)}");
        }

        foreach ((string name, object? value) in letter.Properties.Headers ?? new Dictionary<string, object?>())
        {
            Line(name, DeadLetterReading.Show(value) ?? "");
        }

        ReadOnlyMemory<byte> start = letter.Body[..Math.Min(letter.Body.Length, BodyMax)];
        Console.WriteLine();
        Console.WriteLine(Plain(Encoding.UTF8.GetString(start.Span)));
        if (start.Length < letter.Body.Length) Console.WriteLine($"… the first {BodyMax} bytes; --body prints all");
    }

    internal static void Write(IReadOnlyList<PastAction> past)
    {
        foreach (PastAction action in past)
        {
            Line("done before", $"{action.Action} on {Time(action.StartedAt)} by {action.Responsibility.By}{(action.IsFinished ? "" : ", interrupted")}: {action.Responsibility.Reason}");
        }
    }

    internal static string What(DeadLetter letter) => (letter.Commands.Count + letter.UnreadableCommands, letter.UnreadableCommands) switch
    {
        (0, _) => letter.MessageType,
        (1, 0) => $"{letter.MessageType}: {letter.Commands[0].Name}",
        (int commands, 0) => $"{letter.MessageType}: {commands} commands",
        (int commands, int unreadable) => $"{letter.MessageType}: {commands} commands, {unreadable} unreadable",
    };

    private static void Line(string name, string text) => Console.WriteLine($"{Plain(name),-22} {Plain(text)}");

    private static string Cell(string text) => Markup.Escape(Plain(text));

    private static string Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "?";

    private static string Plain(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));
}
