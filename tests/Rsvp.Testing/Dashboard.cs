using System.Text.Json;

namespace Rsvp.Testing;

/// <summary>A dashboard of <c>infra/grafana</c>.</summary>
/// <param name="Name">Its file.</param>
/// <param name="Queries">What its panels ask, by their titles.</param>
public sealed record Dashboard(string Name, IReadOnlyList<(string Title, string Expression)> Queries)
{
    /// <summary>Reads all of them.</summary>
    public static IReadOnlyList<Dashboard> ReadAll() =>
    [
        .. Directory.EnumerateFiles(Repository.PathOf("infra", "grafana"), "*.json").Order(StringComparer.Ordinal).Select(file =>
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            return new Dashboard(Path.GetFileName(file), [.. document.RootElement.GetProperty("panels").EnumerateArray().SelectMany(QueriesOf)]);
        }),
    ];

    private static IEnumerable<(string Title, string Expression)> QueriesOf(JsonElement panel) =>
        panel.GetProperty("targets").EnumerateArray().Select(target => (panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!));
}
