using System.Text;

namespace Rsvp.Api.Documentation;

/// <summary>Makes an operation's id of its method and path, for routes without a name of their own.</summary>
internal static class OperationNames
{
    /// <param name="method">Such as <c>GET</c>.</param>
    /// <param name="path">Such as <c>api/activities/{activityId}/rsvps</c>.</param>
    /// <returns>Such as <c>getActivityRsvps</c>: a name before a parameter is of one thing.</returns>
    internal static string Of(string method, string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries).SkipWhile(segment => segment == "api").ToArray();
        var name = new StringBuilder(method.ToLowerInvariant());
        foreach (var (index, segment) in segments.Index())
        {
            if (!segment.StartsWith('{'))
            {
                var isOne = index + 1 < segments.Length && segments[index + 1].StartsWith('{');
                foreach (var word in (isOne ? Singular(segment) : segment).Split('-', '.'))
                {
                    name.Append(char.ToUpperInvariant(word[0])).Append(word.AsSpan(1));
                }
            }
        }

        return name.ToString();
    }

    private static string Singular(string name) =>
        name.EndsWith("ies", StringComparison.Ordinal) ? name[..^3] + "y" : name.EndsWith('s') ? name[..^1] : name;
}
