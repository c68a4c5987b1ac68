using System.Text.RegularExpressions;

namespace Rsvp.Hosting.Tests.Architecture;

/// <summary>Finds SQL in C# that is put together at run time. A <c>const</c> may be made of constants, which is all that is ever needed: values are parameters.</summary>
internal static partial class SqlInSource
{
    /// <summary>The places where SQL is not one constant text.</summary>
    /// <param name="source">A C# file.</param>
    /// <returns>The beginning of each text.</returns>
    internal static IEnumerable<string> FindAssembled(string source)
    {
        foreach (Match literal in Literal().Matches(Comment().Replace(source, match => new string(' ', match.Length))))
        {
            if (!Sql().IsMatch(literal.Groups["text"].Value))
            {
                continue;
            }

            var before = source[..literal.Index];
            var after = source[(literal.Index + literal.Length)..].TrimStart();
            var isAssembled = literal.Groups["interpolated"].Length > 0
                || after.StartsWith('+') || before.TrimEnd().EndsWith('+')
                || after.StartsWith(".Replace(", StringComparison.Ordinal)
                || Assembling().IsMatch(before);
            if (isAssembled && !Constant().IsMatch(before))
            {
                yield return literal.Groups["text"].Value.Trim().Split('\n')[0];
            }
        }
    }

    // Raw, verbatim and plain texts, each with or without holes.
    [GeneratedRegex("""(?<interpolated>\$*)@?(?:(?<quotes>"{3,})(?<text>.*?)\k<quotes>(?!")|"(?<text>(?:[^"\\\n]|\\.)*)")""", RegexOptions.Singleline)]
    private static partial Regex Literal();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\b(SELECT\s+\S+|INSERT\s+INTO|UPDATE\s+\w+\s+(AS\s+)?(\w+\s+)?SET|DELETE\s+FROM|TRUNCATE\s+\w+|ALTER\s+(TABLE|ROLE|DATABASE)|CREATE\s+(TABLE|ROLE|DATABASE)|WHERE\s+\w+|ORDER\s+BY\s|\bAND\s+\w+\s*(=|<|>|IN\b)|VALUES\s*\()", RegexOptions.None)]
    private static partial Regex Sql();

    // The statement that the text is in declares a constant.
    [GeneratedRegex(@"\bconst\s+string\s+\w+\s*=[^;]*$")]
    private static partial Regex Constant();

    [GeneratedRegex(@"(string\.(Format|Concat|Join)|\.Append(Format|Line)?)\([^;]*$", RegexOptions.IgnoreCase)]
    private static partial Regex Assembling();
}
