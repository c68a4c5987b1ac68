using Rsvp.Hosting.Problems;

namespace Rsvp.Api.Problems;

/// <summary>Ends a request that cannot be understood, from wherever that is noticed; not for refusals that are decided.</summary>
internal sealed class ProblemException(ProblemResult problem) : Exception(problem.Detail ?? problem.Kind.Title)
{
    internal ProblemResult Problem { get; } = problem;

    /// <summary>400 for one field, header or parameter.</summary>
    internal static ProblemException Invalid(string field, string message) => new(new ProblemResult(ProblemCodes.InvalidRequest)
    {
        Errors = new Dictionary<string, List<string>> { [field] = [message] },
    });
}
