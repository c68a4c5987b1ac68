using Rsvp.Hosting.Problems;

namespace Rsvp.Notifier.Watching;

/// <summary>A watch that is not granted; the code is one of <see cref="ProblemCodes"/>.</summary>
internal sealed class WatchRefusal(string code) : Exception(ProblemCatalog.Find(code).Title)
{
    internal ProblemKind Kind { get; } = ProblemCatalog.Find(code);
}
