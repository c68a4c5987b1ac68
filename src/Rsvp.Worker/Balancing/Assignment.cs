namespace Rsvp.Worker.Balancing;

/// <summary>Says which worker should have which partition: evenly, and with as little moving as that allows.</summary>
/// <remarks>
/// Rendezvous hashing alone gives two workers 11 of 16 partitions and 5. So every worker has a quota, P / N rounded down or up; it keeps what it has up to that,
/// what it has had longest first, and only the rest goes by weight. Who computes this from the same workers and owners gets the same, and repeating it on its own result changes nothing.
/// </remarks>
internal static class Assignment
{
    /// <param name="partitionCount">P; at least 1.</param>
    /// <param name="workers">Those that take part, in any order; at least one.</param>
    /// <param name="owners">Who is active now, by partition; partitions without an entry, and those of others than <paramref name="workers"/>, are free.</param>
    /// <returns>The worker of each partition.</returns>
    public static Guid[] Of(int partitionCount, IReadOnlyCollection<Guid> workers, IReadOnlyDictionary<int, Owner> owners)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitionCount, 1);
        ArgumentOutOfRangeException.ThrowIfZero(workers.Count);

        var kept = workers.ToDictionary(worker => worker, _ => new List<int>());
        foreach (var (partition, owner) in owners)
        {
            if (partition < partitionCount && kept.TryGetValue(owner.Worker, out var partitions))
            {
                partitions.Add(partition);
            }
        }

        var (low, highCount) = Math.DivRem(partitionCount, workers.Count);
        var room = new Dictionary<Guid, int>();
        var result = new Guid[partitionCount];
        var isFree = Enumerable.Repeat(true, partitionCount).ToArray();

        // The larger quota goes to those who would otherwise have to give more away; among equals the id decides.
        foreach (var (rank, worker) in workers.OrderByDescending(worker => Math.Min(kept[worker].Count, low + 1)).ThenByDescending(worker => Weight(worker, -1)).ThenBy(worker => worker).Index())
        {
            var quota = low + (rank < highCount ? 1 : 0);
            var keeps = kept[worker]
                .OrderBy(partition => owners[partition].Since)
                .ThenByDescending(partition => Weight(worker, partition))
                .ThenBy(partition => partition)
                .Take(quota)
                .ToList();
            room[worker] = quota - keeps.Count;
            foreach (var partition in keeps)
            {
                result[partition] = worker;
                isFree[partition] = false;
            }
        }

        // Heaviest pairs first, as far as there is room.
        var pairs = from partition in Enumerable.Range(0, partitionCount)
                    where isFree[partition]
                    from worker in workers
                    where room[worker] > 0
                    orderby Weight(worker, partition) descending, partition, worker
                    select (partition, worker);
        foreach (var (partition, worker) in pairs.ToList())
        {
            if (isFree[partition] && room[worker] > 0)
            {
                result[partition] = worker;
                isFree[partition] = false;
                room[worker]--;
            }
        }

        return result;
    }

    /// <summary>FNV-1a (64 bit) over the worker's 16 bytes in network order and the partition's 4, folded by the finalizer of MurmurHash3.</summary>
    internal static ulong Weight(Guid worker, int partition)
    {
        Span<byte> bytes = stackalloc byte[20];
        worker.TryWriteBytes(bytes, bigEndian: true, out _);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes[16..], partition);
        return Hosting.Partitions.StableHash.Of(bytes);
    }
}

/// <summary>Who is active on a partition.</summary>
/// <param name="Worker">Its process.</param>
/// <param name="Since">Its first delivery, by the database's clock.</param>
internal readonly record struct Owner(Guid Worker, DateTimeOffset Since);
