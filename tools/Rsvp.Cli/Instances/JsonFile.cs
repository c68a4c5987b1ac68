using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rsvp.Cli.Instances;

/// <summary>Small JSON files that other programs may read while we write them.</summary>
internal static class JsonFile
{
    internal static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static T? Read<T>(string path)
        where T : class
    {
        if (!File.Exists(path)) return null;

        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Options);
        }
        catch (JsonException exception)
        {
            throw new ToolException($"{path} cannot be read: {exception.Message}");
        }
    }

    /// <summary>Replaces the file in one step; only its owner can read it, for it may hold secrets.</summary>
    internal static void Write<T>(string path, T value)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string draft = path + ".new";
        File.Delete(draft);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(draft, options)) JsonSerializer.Serialize(stream, value, Options);
        File.Move(draft, path, overwrite: true);
    }
}
