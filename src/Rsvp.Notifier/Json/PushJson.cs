using System.Text.Json;
using System.Text.Json.Serialization;
using Rsvp.Contracts;
using Rsvp.Notifier.Watching;

namespace Rsvp.Notifier.Json;

/// <summary>The JSON of what is pushed: camelCase, nulls written, times in UTC.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(CapacityDocument))]
[JsonSerializable(typeof(WaitlistDocument))]
[JsonSerializable(typeof(RsvpStatusDocument))]
[JsonSerializable(typeof(ActivitySnapshot))]
internal sealed partial class PushJson : JsonSerializerContext;

/// <summary>Writes times as RFC 3339 with <c>Z</c>, whatever their offset.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime);
}
