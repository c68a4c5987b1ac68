using System.Globalization;
using DbUp.Engine;

namespace Rsvp.Worker.Migrations;

/// <summary>The numbered scripts: those inside this assembly, and the scheduler's own.</summary>
internal static class MigrationScripts
{
    private const string Folder = ".Migrations.";

    /// <summary>All scripts, in the order of their numbers, under their file names.</summary>
    internal static IReadOnlyList<SqlScript> Load()
    {
        var assembly = typeof(MigrationScripts).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(resource => resource.Contains(Folder, StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal))
            .Select(resource =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                return new SqlScript(resource[(resource.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..], reader.ReadToEnd());
            })
            .Append(SchedulerSchema.Load())
            .OrderBy(NumberOf)];
    }

    /// <summary>The number a script's name begins with; the script inserts it into <c>schema_version</c>.</summary>
    internal static int NumberOf(SqlScript script) => int.Parse(script.Name.Split('_')[0], CultureInfo.InvariantCulture);
}
