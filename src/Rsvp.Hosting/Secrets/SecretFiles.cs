using Microsoft.Extensions.Configuration;

namespace Rsvp.Hosting.Secrets;

/// <summary>Settings that are files: an environment is shown by many tools, a file only to who may read it.</summary>
public static class SecretFiles
{
    /// <summary>The environment variable that names the folder, such as <c>/run/secrets</c>.</summary>
    public const string FolderVariable = "RSVP_SECRETS";

    /// <summary>Adds every file of the folder that <c>RSVP_SECRETS</c> names as a setting of the file's name, <c>__</c> for <c>:</c>; they count more than others. Nothing without the variable.</summary>
    /// <param name="configuration">The service's configuration.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static void AddSecretFiles(this IConfigurationManager configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration[FolderVariable] is { Length: > 0 } folder)
        {
            configuration.AddKeyPerFile(folder, optional: false);
        }
    }
}
