namespace Rsvp.Hosting.Partitions;

/// <summary>Says which partition owns an activity.</summary>
public static class Partitioner
{
    /// <summary>The partition of an activity: FNV-1a (64 bit) over the id's 16 bytes in network order, folded by the finalizer of MurmurHash3, modulo <paramref name="partitionCount"/>.</summary>
    /// <param name="activityId">The activity.</param>
    /// <param name="partitionCount">P, fixed at deployment; at least 1.</param>
    /// <returns>0 to <paramref name="partitionCount"/> − 1. The mapping is part of the deployment's data and never changes; golden vectors stand in a test.</returns>
    public static int PartitionOf(Guid activityId, int partitionCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitionCount, 1);
        Span<byte> bytes = stackalloc byte[16];
        activityId.TryWriteBytes(bytes, bigEndian: true, out _);
        return (int)(StableHash.Of(bytes) % (ulong)partitionCount);
    }
}
