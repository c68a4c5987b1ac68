using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace Rsvp.Api.Limits;

/// <summary>A bucket of requests for each source, which fills by itself. What it keeps of a source is one number, and that until its bucket has been full again for some seconds.</summary>
/// <remarks>
/// The generic cell rate algorithm (ITU-T I.371, annex A): of each source the theoretical arrival time is kept, by which its bucket is full again. The library's own
/// partitioned limiter keeps an object for each source and goes through all of them ten times a second: in a rush of people who each ask once, a tenth of the API's processor time.
/// </remarks>
internal sealed class SourceLimiter : PartitionedRateLimiter<HttpContext>
{
    // So seldom that it costs nothing, so often that what is kept is bounded by the requests of a few seconds.
    private static readonly TimeSpan ForgetInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Shortest = new(ticks: 1);
    private static readonly RateLimitLease Granted = new Lease(null);

    private readonly ConcurrentDictionary<RequestSource, long> _fullAt = new();
    private readonly TimeProvider _time;
    private readonly Bucket _user;
    private readonly Bucket _address;
    private readonly ITimer _forgetting;

    internal SourceLimiter(RateLimitOptions options, TimeProvider time)
    {
        _time = time;
        _user = new Bucket(options.UserBurst, options.UserPerSecond, time);
        _address = new Bucket(options.AddressBurst, options.AddressPerSecond, time);
        _forgetting = time.CreateTimer(_ => Forget(), null, ForgetInterval, ForgetInterval);
    }

    /// <summary>Sources whose bucket is not known to be full.</summary>
    internal int SourceCount => _fullAt.Count;

    public override RateLimiterStatistics? GetStatistics(HttpContext resource) => null;

    /// <summary>Takes one request from the bucket of its source.</summary>
    /// <param name="source">Who asks.</param>
    /// <returns>Null when it may go on, else how long to wait; then nothing was taken.</returns>
    internal TimeSpan? Take(RequestSource source)
    {
        var bucket = source.UserId == Guid.Empty ? _address : _user;
        while (true)
        {
            var now = _time.GetTimestamp();
            var isKnown = _fullAt.TryGetValue(source, out var fullAt);
            var next = Math.Max(now, fullAt) + bucket.TicksEach;
            if (next - now > bucket.TicksOfAll)
            {
                var wait = _time.GetElapsedTime(now, next - bucket.TicksOfAll);
                return wait > TimeSpan.Zero ? wait : Shortest;
            }

            // Somebody else took one of this source meanwhile: once more.
            if (isKnown ? _fullAt.TryUpdate(source, next, fullAt) : _fullAt.TryAdd(source, next))
            {
                return null;
            }
        }
    }

    /// <summary>Forgets those whose buckets are full: they are as if they had never asked.</summary>
    internal void Forget()
    {
        var now = _time.GetTimestamp();
        foreach (var entry in _fullAt)
        {
            if (entry.Value <= now)
            {
                // Only if nobody took from it meanwhile.
                _fullAt.TryRemove(entry);
            }
        }
    }

    /// <remarks>A request is one permit: the middleware asks for no other number.</remarks>
    protected override RateLimitLease AttemptAcquireCore(HttpContext resource, int permitCount) =>
        Take(RequestSource.Of(resource)) is { } wait ? new Lease(wait) : Granted;

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(HttpContext resource, int permitCount, CancellationToken cancellationToken) =>
        ValueTask.FromResult(AttemptAcquireCore(resource, permitCount));

    protected override void Dispose(bool disposing)
    {
        _forgetting.Dispose();
        base.Dispose(disposing);
    }

    private readonly struct Bucket(int burst, int perSecond, TimeProvider time)
    {
        /// <summary>Until one request is filled up again, in ticks of the clock.</summary>
        public long TicksEach { get; } = time.TimestampFrequency / perSecond;

        /// <summary>Until an empty bucket is full.</summary>
        public long TicksOfAll => TicksEach * burst;
    }

    private sealed class Lease(TimeSpan? retryAfter) : RateLimitLease
    {
        public override bool IsAcquired => retryAfter is null;

        public override IEnumerable<string> MetadataNames => retryAfter is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
            return metadata is not null;
        }
    }
}
