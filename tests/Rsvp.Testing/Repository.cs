using Rsvp.Cli.Instances;

namespace Rsvp.Testing;

/// <summary>Files of the repository that tests read.</summary>
public static class Repository
{
    /// <summary>Full path of a file.</summary>
    /// <param name="parts">Its path from the top of the repository.</param>
    public static string PathOf(params string[] parts) => Path.Combine([RsvpHome.FindRoot(), .. parts]);
}
