using System.Globalization;
using Microsoft.Extensions.Primitives;
using Rsvp.Api.Problems;
using Rsvp.Contracts;

namespace Rsvp.Api.Requests;

/// <summary>Versions as entity tags: <c>ETag</c> of answers, <c>If-Match</c> of requests.</summary>
internal static class EntityTags
{
    internal static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The precondition; null without the header.</summary>
    /// <exception cref="ProblemException">It is neither <c>*</c> nor one strong tag with a version in it.</exception>
    internal static IfMatch? ReadIfMatch(StringValues values)
    {
        if (values.Count == 0)
        {
            return null;
        }

        var tag = values[0].AsSpan().Trim();
        if (values.Count == 1 && tag.SequenceEqual("*"))
        {
            return new IfMatch();
        }

        if (values.Count == 1 && tag.Length > 2 && tag[0] == '"' && tag[^1] == '"'
            && long.TryParse(tag[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return new IfMatch { Version = version };
        }

        throw ProblemException.Invalid("If-Match", "Must be * or one strong entity tag as ETag gave it, such as \"3\".");
    }
}
