using Microsoft.Extensions.Time.Testing;
using Rsvp.Api.Limits;

namespace Rsvp.Api.Tests.Limits;

/// <summary>Buckets that fill by themselves, on a clock that stands still.</summary>
public sealed class SourceLimiterTests : IDisposable
{
    private static readonly RequestSource Somebody = new(Guid.NewGuid(), null);

    private readonly FakeTimeProvider _time = new();
    private readonly SourceLimiter _limiter;

    public SourceLimiterTests() =>
        _limiter = new SourceLimiter(new RateLimitOptions { UserBurst = 100, UserPerSecond = 4, AddressBurst = 1, AddressPerSecond = 1 }, _time);

    public void Dispose() => _limiter.Dispose();

    [Fact]
    public void A_bucket_gives_what_it_holds_and_then_says_when_there_is_one_more()
    {
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Null(_limiter.Take(Somebody)));

        Assert.Equal(TimeSpan.FromMilliseconds(250), _limiter.Take(Somebody));
        _time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Equal(TimeSpan.FromMilliseconds(1), _limiter.Take(Somebody));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(_limiter.Take(Somebody));
        Assert.NotNull(_limiter.Take(Somebody));
    }

    [Fact]
    public void A_bucket_holds_no_more_than_its_burst_however_long_nobody_asks()
    {
        Assert.Null(_limiter.Take(Somebody));
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(100, Enumerable.Range(0, 200).Count(_ => _limiter.Take(Somebody) is null));
    }

    [Fact]
    public void All_who_take_at_once_have_no_more_than_the_bucket_holds()
    {
        var granted = 0;
        Parallel.For(0, 20_000, _ => Interlocked.Add(ref granted, _limiter.Take(Somebody) is null ? 1 : 0));

        Assert.Equal(100, granted);
    }

    [Fact]
    public void Addresses_have_buckets_of_their_own_size()
    {
        var address = new RequestSource(Guid.Empty, System.Net.IPAddress.Loopback);

        Assert.Null(_limiter.Take(address));
        Assert.Equal(TimeSpan.FromSeconds(1), _limiter.Take(address));
    }

    [Fact]
    public void Whoever_has_a_full_bucket_again_is_forgotten_and_nobody_else()
    {
        var busy = new RequestSource(Guid.NewGuid(), null);
        _limiter.Take(Somebody);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Null(_limiter.Take(busy)));

        // Past the interval at which it looks.
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(1, _limiter.SourceCount);
        Assert.Equal(40, Enumerable.Range(0, 100).Count(_ => _limiter.Take(busy) is null));
    }
}
