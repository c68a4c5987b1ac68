namespace Rsvp.Cli.Processes;

/// <summary>Rights of files, where the platform has them.</summary>
internal static class FileRights
{
    internal static void Set(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }
}
