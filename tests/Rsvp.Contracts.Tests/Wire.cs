using System.Text.Json;
using MassTransit.Serialization;

namespace Rsvp.Contracts.Tests;

/// <summary>Messages as they are on the wire: with the bus's own serializer.</summary>
internal static class Wire
{
    private static readonly JsonSerializerOptions Options = SystemTextJsonMessageSerializer.Options;

    public static JsonElement Write<T>(T message) => JsonSerializer.SerializeToElement(message, Options);

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options)!;

    /// <summary>Everything in the golden document must be there with the same value. More may be: a message only ever gains members.</summary>
    public static void ContainsGolden(string golden, JsonElement actual)
    {
        using var document = JsonDocument.Parse(golden);
        Compare(document.RootElement, actual, "$");
    }

    private static void Compare(JsonElement golden, JsonElement actual, string path)
    {
        Assert.True(golden.ValueKind == actual.ValueKind, $"{path} was {golden.ValueKind}, and is {actual.ValueKind}");
        switch (golden.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in golden.EnumerateObject())
                {
                    Assert.True(actual.TryGetProperty(member.Name, out var value), $"{path}.{member.Name} is gone");
                    Compare(member.Value, value, $"{path}.{member.Name}");
                }

                break;
            case JsonValueKind.Array:
                Assert.Equal(golden.GetArrayLength(), actual.GetArrayLength());
                foreach (var (index, item) in golden.EnumerateArray().Index())
                {
                    Compare(item, actual[index], $"{path}[{index}]");
                }

                break;
            default:
                Assert.True(golden.GetRawText() == actual.GetRawText(), $"{path} was {golden.GetRawText()}, and is {actual.GetRawText()}");
                break;
        }
    }
}
