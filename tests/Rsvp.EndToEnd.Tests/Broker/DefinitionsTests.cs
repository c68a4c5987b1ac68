using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Rsvp.Cli.Instances;
using Rsvp.EndToEnd.Tests.Systems;

namespace Rsvp.EndToEnd.Tests.Broker;

/// <summary>The definitions that are shipped and what the services declare are the same; a difference would be an endless loop of refused declarations.</summary>
[Collection(SystemCollection.Name)]
public sealed class DefinitionsTests(SystemFixture system)
{
    [Fact]
    public async Task The_shipped_definitions_are_what_the_services_declare()
    {
        var shipped = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(RsvpHome.FindRoot(), "infra", "rabbitmq", "definitions.json"))).RootElement;
        var declared = await DeclaredAsync();

        foreach (var kind in new[] { "exchanges", "queues", "bindings" })
        {
            Assert.Equal(Lasting(shipped.GetProperty(kind)), Lasting(declared.GetProperty(kind)));
        }
    }

    /// <summary>One comparable line for each of ours that survives its declarer.</summary>
    private static IEnumerable<string> Lasting(JsonElement items) => items.EnumerateArray()
        .Where(item => !item.TryGetProperty("durable", out var durable) || (durable.GetBoolean() && !item.GetProperty("auto_delete").GetBoolean()))
        .Where(item => !item.TryGetProperty("destination", out var destination) || !IsOfOneInstance(destination.GetString()!))
        .Select(item => string.Join(' ', item.EnumerateObject().Where(member => member.Name is not "vhost").OrderBy(member => member.Name, StringComparer.Ordinal)
            .Select(member => $"{member.Name}={Canonical(member.Value)}")))
        .Order(StringComparer.Ordinal);

    private static bool IsOfOneInstance(string name) =>
        name.StartsWith("rsvp.api.", StringComparison.Ordinal) || name.StartsWith("rsvp.notifier.", StringComparison.Ordinal);

    private static string Canonical(JsonElement value) => value.ValueKind != JsonValueKind.Object
        ? value.ToString()
        : string.Join(',', value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"{member.Name}:{member.Value}"));

    private async Task<JsonElement> DeclaredAsync()
    {
        var management = new Uri(system.Run.RabbitmqManagement);
        using var http = new HttpClient { BaseAddress = new Uri(management.GetLeftPart(UriPartial.Scheme) + management.Authority) };
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(management.UserInfo)));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        return JsonDocument.Parse(await http.GetStringAsync(new Uri("/api/definitions", UriKind.Relative))).RootElement;
    }
}
