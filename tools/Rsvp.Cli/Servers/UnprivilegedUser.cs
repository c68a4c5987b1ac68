using Rsvp.Cli.Processes;

namespace Rsvp.Cli.Servers;

/// <summary>Who runs PostgreSQL when root runs us: the server refuses to be root.</summary>
internal sealed class UnprivilegedUser
{
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(60);
    private readonly string _user;
    private readonly string _group;
    private readonly bool _mayTraverse;

    private UnprivilegedUser(string user, string group, bool mayTraverse)
    {
        _user = user;
        _group = group;
        _mayTraverse = mayTraverse;
    }

    /// <summary>A user that can reach the folder; null when we are not root and need none.</summary>
    internal static async Task<UnprivilegedUser?> ForFolderAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Executables.IsRoot) return null;
        if (Executables.Find("setpriv") is null)
        {
            throw new ToolException("PostgreSQL does not run as root, and setpriv (util-linux) is missing: run this as another user, or set RSVP_POSTGRES");
        }

        string name = await IdAsync("-u", "postgres", cancellationToken) is null ? "nobody" : "postgres";
        string group = await IdAsync("-g", name, cancellationToken)
            ?? throw new ToolException("PostgreSQL does not run as root, and there is neither a user postgres nor nobody");

        // A checkout in root's home cannot be entered by others. The right to pass through folders, and nothing more, gets the server to its own.
        foreach (bool mayTraverse in (bool[])[false, true])
        {
            var user = new UnprivilegedUser(name, group, mayTraverse);
            await user.OwnAsync(folder, cancellationToken);
            (string fileName, IReadOnlyList<string> arguments) = Wrap(user, "/bin/sh", "-c", "cd \"$0\" && test -w .", folder);
            if ((await Shell.RunAsync(fileName, arguments, AtMost, workingDirectory: "/", cancellationToken: cancellationToken)).Ok) return user;
        }

        throw new ToolException($"PostgreSQL runs as {name}, who cannot reach {folder}: set RSVP_HOME to a folder that others may enter, such as /var/tmp/rsvp");
    }

    internal async Task OwnAsync(string folder, CancellationToken cancellationToken)
    {
        ShellResult result = await Shell.RunAsync("chown", ["-R", $"{_user}:{_group}", folder], AtMost, cancellationToken: cancellationToken);
        if (!result.Ok) throw new ToolException($"{folder} cannot be given to {_user}: {result.Output}");
    }

    /// <summary>The command line that runs a program as the user; unchanged without one.</summary>
    internal static (string FileName, IReadOnlyList<string> Arguments) Wrap(UnprivilegedUser? user, string fileName, params string[] arguments)
    {
        if (user is null) return (fileName, arguments);

        string[] traverse = user._mayTraverse ? ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"] : [];
        return (Executables.Find("setpriv")!,
            ["--reuid", user._user, "--regid", user._group, "--clear-groups", .. traverse, "--", fileName, .. arguments]);
    }

    private static async Task<string?> IdAsync(string flag, string user, CancellationToken cancellationToken)
    {
        ShellResult result = await Shell.RunAsync("id", [flag, user], AtMost, cancellationToken: cancellationToken);
        return result.Ok ? result.Output.Trim() : null;
    }
}
