using System.Buffers.Binary;
using System.Buffers.Text;
using Rsvp.Api.Problems;

namespace Rsvp.Api.Paging;

/// <summary>Where a page ended: a number (a time, a place in an order) and ids that settle ties. Opaque to clients.</summary>
internal readonly record struct Cursor(long Key, Guid First, Guid Second)
{
    private const int Bytes = sizeof(long) + 16 + 16;

    /// <summary>Before everything.</summary>
    internal static Cursor Start => new(long.MinValue, Guid.Empty, Guid.Empty);

    /// <summary>The key as a time; the beginning of time for <see cref="Start"/>.</summary>
    internal DateTimeOffset Time => Key < 0 ? DateTimeOffset.MinValue : new DateTimeOffset(Key, TimeSpan.Zero);

    internal static Cursor After(DateTimeOffset time, Guid id) => new(time.UtcTicks, id, Guid.Empty);

    internal static Cursor After(long key) => new(key, Guid.Empty, Guid.Empty);

    /// <exception cref="ProblemException">It is none of ours.</exception>
    internal static Cursor Read(string? text)
    {
        if (text is null)
        {
            return Start;
        }

        Span<byte> bytes = stackalloc byte[Bytes];
        if (!Base64Url.IsValid(text, out var count) || count != Bytes || !Base64Url.TryDecodeFromChars(text, bytes, out _))
        {
            throw ProblemException.Invalid("cursor", "Must be the nextCursor of an earlier page of the same list.");
        }

        var key = BinaryPrimitives.ReadInt64BigEndian(bytes);
        return key > DateTimeOffset.MaxValue.UtcTicks
            ? throw ProblemException.Invalid("cursor", "Must be the nextCursor of an earlier page of the same list.")
            : new Cursor(key, new Guid(bytes[8..24], bigEndian: true), new Guid(bytes[24..], bigEndian: true));
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Key);
        First.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        Second.TryWriteBytes(bytes[24..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }
}
