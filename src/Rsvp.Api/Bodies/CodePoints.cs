using System.Text;

namespace Rsvp.Api.Bodies;

/// <summary>Text measured as people see it in the contract: in Unicode code points.</summary>
internal static class CodePoints
{
    internal static bool Exceed(string text, int max)
    {
        // Fewer UTF-16 units than allowed code points: no need to count.
        if (text.Length <= max)
        {
            return false;
        }

        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count > max;
    }

    /// <summary>Whether text can be stored and sent on as it is: no NUL, no lone surrogate.</summary>
    internal static bool AreWellFormed(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\0')
            {
                return false;
            }

            if (char.IsSurrogate(text[index]) && (index + 1 >= text.Length || !char.IsSurrogatePair(text[index], text[++index])))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Text from elsewhere made fit to store: without NUL and lone surrogates, cut to <paramref name="max"/> code points; null when nothing is left.</summary>
    internal static string? Clean(string? text, int max)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (text.Length <= max && AreWellFormed(text))
        {
            return text;
        }

        var clean = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value != 0 && max-- > 0)
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.Length == 0 ? null : clean.ToString();
    }
}
