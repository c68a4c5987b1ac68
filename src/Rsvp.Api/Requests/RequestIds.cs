using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Rsvp.Api.Requests;

/// <summary>Makes request ids that every instance can tell from made-up ones without a database: each carries a MAC of its first 12 bytes and its owner.</summary>
/// <remarks>RFC 9562. Without a key: version 7, of whose 74 free bits 42 are random and the last 32 the MAC. With one: version 8, 90 derived bits and the MAC.</remarks>
internal sealed class RequestIds(IOptions<RequestIdOptions> options, TimeProvider time)
{
    /// <summary>How long outcomes are kept; an id issued longer ago, without an outcome, is as good as never issued.</summary>
    internal static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    private const int IdBytes = 16;
    private const int MacOffset = 12;

    private readonly byte[] _secret = Encoding.UTF8.GetBytes(options.Value.Key);

    // The first byte of everything that is hashed, so that no hash of one kind is ever valid as another.
    private enum Purpose : byte
    {
        KeyId = 1,
        KeyedRequest = 2,
        Mac = 3,
        Activity = 4,
    }

    /// <summary>A new id for a request without a key.</summary>
    internal Guid Issue(Guid userId)
    {
        Span<byte> id = stackalloc byte[IdBytes];
        BinaryPrimitives.WriteInt64BigEndian(id, time.GetUtcNow().ToUnixTimeMilliseconds() << 16);
        RandomNumberGenerator.Fill(id[6..MacOffset]);
        return Seal(id, version: 7, userId);
    }

    /// <summary>Identifies what one user means by one key on one method and path.</summary>
    internal Guid KeyId(Guid userId, string method, string path, string key)
    {
        // None of the parts can contain a line feed.
        var text = Encoding.UTF8.GetBytes($"{userId:D}\n{method}\n{path}\n{key}");
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(Purpose.KeyId, text, hash);
        return Version8(hash);
    }

    /// <summary>The id of the request with this key and this body: the same two always give the same id.</summary>
    internal Guid Derive(Guid keyId, ReadOnlySpan<byte> bodyHash, Guid userId)
    {
        Span<byte> content = stackalloc byte[IdBytes + SHA256.HashSizeInBytes];
        keyId.TryWriteBytes(content, bigEndian: true, out _);
        bodyHash.CopyTo(content[IdBytes..]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(Purpose.KeyedRequest, content, hash);
        return Seal(hash[..IdBytes], version: 8, userId);
    }

    /// <summary>The id of the activity that this request creates: a repeat must name the same one.</summary>
    internal Guid ActivityOf(Guid requestId)
    {
        Span<byte> id = stackalloc byte[IdBytes];
        requestId.TryWriteBytes(id, bigEndian: true, out _);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(Purpose.Activity, id, hash);
        return Version8(hash);
    }

    /// <summary>Whether this id was issued to this user.</summary>
    /// <param name="requestId">The id to check.</param>
    /// <param name="userId">Who claims it.</param>
    /// <param name="issuedAt">When it was issued, to the millisecond; null for one derived from a key.</param>
    internal bool Verify(Guid requestId, Guid userId, out DateTimeOffset? issuedAt)
    {
        issuedAt = null;
        Span<byte> id = stackalloc byte[IdBytes];
        requestId.TryWriteBytes(id, bigEndian: true, out _);
        var version = id[6] >> 4;
        if (version is not (7 or 8) || (id[8] & 0xC0) != 0x80)
        {
            return false;
        }

        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Mac(id, userId, mac);
        if (!CryptographicOperations.FixedTimeEquals(id[MacOffset..], mac[..(IdBytes - MacOffset)]))
        {
            return false;
        }

        if (version == 7)
        {
            issuedAt = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(id) >>> 16);
        }

        return true;
    }

    /// <summary>Whether an id without an outcome is too old to be still on its way.</summary>
    internal bool IsForgotten(DateTimeOffset? issuedAt) => issuedAt < time.GetUtcNow() - Retention;

    private static Guid Version8(ReadOnlySpan<byte> hash)
    {
        Span<byte> id = stackalloc byte[IdBytes];
        hash[..IdBytes].CopyTo(id);
        StampVersion(id, 8);
        return new Guid(id, bigEndian: true);
    }

    private static void StampVersion(Span<byte> id, int version)
    {
        id[6] = (byte)((version << 4) | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
    }

    private Guid Seal(Span<byte> id, int version, Guid userId)
    {
        StampVersion(id, version);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Mac(id, userId, mac);
        mac[..(IdBytes - MacOffset)].CopyTo(id[MacOffset..]);
        return new Guid(id, bigEndian: true);
    }

    private void Mac(ReadOnlySpan<byte> id, Guid userId, Span<byte> mac)
    {
        Span<byte> content = stackalloc byte[MacOffset + IdBytes];
        id[..MacOffset].CopyTo(content);
        userId.TryWriteBytes(content[MacOffset..], bigEndian: true, out _);
        Hash(Purpose.Mac, content, mac);
    }

    private void Hash(Purpose purpose, ReadOnlySpan<byte> content, Span<byte> hash)
    {
        // Keys, paths and bodies' hashes fit easily; a longer path pays for an array.
        const int StackBytesMax = 1024;
        var length = content.Length + 1;
        var tagged = length <= StackBytesMax ? stackalloc byte[StackBytesMax] : new byte[length];
        tagged[0] = (byte)purpose;
        content.CopyTo(tagged[1..]);
        HMACSHA256.HashData(_secret, tagged[..length], hash);
    }
}
