namespace Rsvp.Hosting.Partitions;

/// <summary>A hash that is the same in every process, on every machine and in every version.</summary>
public static class StableHash
{
    /// <summary>FNV-1a (64 bit), folded by the finalizer of MurmurHash3.</summary>
    /// <param name="bytes">What to hash.</param>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037UL;
        foreach (var octet in bytes)
        {
            hash = unchecked((hash ^ octet) * 1099511628211UL);
        }

        // FNV leaves the low bits of similar keys similar; the finalizer spreads every bit over all.
        hash ^= hash >> 33;
        hash = unchecked(hash * 0xff51afd7ed558ccdUL);
        hash ^= hash >> 33;
        hash = unchecked(hash * 0xc4ceb9fe1a85ec53UL);
        hash ^= hash >> 33;
        return hash;
    }
}
