using System.Buffers.Binary;
using System.Text;

namespace Rsvp.EndToEnd.Tests.Systems;

/// <summary>A span as it was exported.</summary>
/// <param name="Service"><c>service.name</c> of its resource.</param>
/// <param name="TraceId">In lower-case hex digits, as the other ids.</param>
/// <param name="SpanId">Its own.</param>
/// <param name="ParentId">Empty without a parent.</param>
/// <param name="Name">What it is called.</param>
/// <param name="LinkedTraceIds">Traces that it is linked to.</param>
/// <param name="Attributes">Texts and numbers as text.</param>
internal sealed record OtlpSpan(
    string Service, string TraceId, string SpanId, string ParentId, string Name, IReadOnlyList<string> LinkedTraceIds, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>Reads an <c>ExportTraceServiceRequest</c> of opentelemetry-proto 1.x; the numbers are those of its fields.</summary>
    public static IEnumerable<OtlpSpan> Read(ReadOnlyMemory<byte> request)
    {
        foreach (var resourceSpans in Fields(request).Where(field => field.Number == 1).Select(field => Fields(field.Bytes)))
        {
            var resource = resourceSpans.Where(field => field.Number == 1).SelectMany(field => Fields(field.Bytes)).Where(field => field.Number == 1);
            var service = Pairs(resource).GetValueOrDefault("service.name", "");
            foreach (var span in resourceSpans.Where(field => field.Number == 2).SelectMany(scope => Fields(scope.Bytes)).Where(field => field.Number == 2))
            {
                var fields = Fields(span.Bytes);
                yield return new OtlpSpan(
                    service,
                    Hex(fields, 1),
                    Hex(fields, 2),
                    Hex(fields, 4),
                    Encoding.UTF8.GetString(fields.Single(field => field.Number == 5).Bytes.Span),
                    [.. fields.Where(field => field.Number == 13).Select(link => Hex(Fields(link.Bytes), 1))],
                    Pairs(fields.Where(field => field.Number == 9)));
            }
        }
    }

    private static string Hex(List<Field> fields, int number) => fields.FirstOrDefault(field => field.Number == number) is { } field ? Convert.ToHexStringLower(field.Bytes.Span) : "";

    // KeyValue: 1 is the key, 2 the value, of which 1 is a text, 2 a truth, 3 a whole number.
    private static Dictionary<string, string> Pairs(IEnumerable<Field> pairs) => pairs.Select(pair => Fields(pair.Bytes)).ToDictionary(
        pair => Encoding.UTF8.GetString(pair.Single(field => field.Number == 1).Bytes.Span),
        pair => Fields(pair.Single(field => field.Number == 2).Bytes).FirstOrDefault() switch
        {
            { Number: 1 } text => Encoding.UTF8.GetString(text.Bytes.Span),
            { } other => other.Value.ToString(null, null),
            null => "",
        });

    /// <summary>The wire format of protocol buffers: a tag, then a number or so many bytes.</summary>
    private static List<Field> Fields(ReadOnlyMemory<byte> message)
    {
        var fields = new List<Field>();
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message.Span, ref at);
            var (value, length) = (tag & 7) switch
            {
                0 => (Varint(message.Span, ref at), 0),
                1 => (BinaryPrimitives.ReadUInt64LittleEndian(message.Span[at..]), 8),
                2 => (0UL, (int)Varint(message.Span, ref at)),
                5 => (BinaryPrimitives.ReadUInt32LittleEndian(message.Span[at..]), 4),
                _ => throw new InvalidDataException("No such wire type."),
            };
            fields.Add(new Field((int)(tag >> 3), value, message.Slice(at, length)));
            at += length;
        }

        return fields;
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private sealed record Field(int Number, ulong Value, ReadOnlyMemory<byte> Bytes);
}
