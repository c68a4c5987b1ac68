using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rsvp.Hosting.Json;

namespace Rsvp.Contracts.Tests;

/// <summary>Messages as they are on the wire: by the code that the bus uses.</summary>
internal static class Wire
{
    public static JsonElement Write<T>(T message) => JsonSerializer.SerializeToElement(message, TypeOf<T>());

    public static T Read<T>(string json) => JsonSerializer.Deserialize(json, TypeOf<T>())!;

    /// <summary>Everything in the golden document must be there with the same value. More may be: a message only ever gains members.</summary>
    public static void ContainsGolden(string golden, JsonElement actual)
    {
        using var document = JsonDocument.Parse(golden);
        Compare(document.RootElement, actual, "$");
    }

    private static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)ContractJson.Default.GetTypeInfo(typeof(T))!;

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
